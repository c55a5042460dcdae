package lint

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
)

// longestDescription is what code scanning shows of a description, in bytes.
const longestDescription = 1024

// ruleOf describes a check, with its whole page as the help.
func ruleOf(check analyzer.Check) sarifRule {
	var text, markdown bytes.Buffer
	Page(&text, check)
	section(&markdown, check)
	description := check.Why
	if len(description) > longestDescription {
		description, _, _ = strings.Cut(description, "\n\n")
	}
	return sarifRule{
		ID: check.ID, Name: ruleName(check.Title), ShortDescription: sarifMessage{sentence(check.Title)},
		FullDescription: sarifMessage{description}, Help: sarifHelp{text.String(), markdown.String()}, HelpURI: check.URL(),
		Default: sarifDefault{!check.Optional, check.Level}, Properties: sarifProperties{[]string{"reliability", "retry"}, "high"},
	}
}

var wordInTitle = regexp.MustCompile(`[A-Za-z0-9]+`)

// ruleName is a title as one word: "retries without an end" is RetriesWithoutAnEnd.
func ruleName(title string) string {
	name := ""
	for _, word := range wordInTitle.FindAllString(strings.ReplaceAll(title, "'", ""), -1) {
		name += sentence(word)
	}
	return name
}

// like is what a program that reads a report takes for a link.
var like = regexp.MustCompile(`\[[^\]]*\]\(\d+\)`)

// linked adds links to related places to a message. What only looks like a link in it is escaped.
func linked(message string, related []Related) string {
	message = like.ReplaceAllStringFunc(message, bracketed)
	for i, r := range related {
		lead := ", "
		if i == 0 {
			lead = "; "
		}
		message += fmt.Sprintf("%s[%s](%d)", lead, bracketed(r.Message), i+1)
	}
	return message
}

// bracketed escapes the brackets in a text.
func bracketed(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
}
