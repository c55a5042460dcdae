package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"

	"github.com/retrygen/retrygen/internal/policy"
)

// marked cuts the marks ^ out of a text and returns the lines and columns where they were.
func marked(text string) (clean string, marks []string) {
	for {
		before, after, ok := strings.Cut(text, "^")
		if !ok {
			return text, marks
		}
		marks = append(marks, fmt.Sprintf("%d:%d", 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")))
		text = before + after
	}
}

// quotings are values in every way of writing them. Each option of theirs begins at a mark.
var quotings = []struct{ name, file, text string }{
	{"plain.yaml", `retry: ^retries=4 ^delay=1`, ""},
	{"plain in two lines.yaml", "retry: ^retries=4\n   ^delay=1 # comment", "retries=4 delay=1"},
	{"single.yaml", `retry: '^retries=4  ^delay=1'`, "retries=4  delay=1"},
	{"single with a quote.yaml", `retry: '''x ^delay=1'`, "'x delay=1"},
	{"double.yaml", `retry: "^retries=4 ^delay=1"`, ""},
	{"double with escapes.yaml", `retry: "^\x72etries=4\t^d\u0065lay=1\n\
   ^cap=\U00000031"`, "retries=4\tdelay=1\ncap=1"},
	{"double in two lines.yaml", "retry: \"^retries=4\n\n  ^delay=1\"", "retries=4\ndelay=1"},
	{"literal.yaml", "retry: | # comment\n  ^retries=4\n    ^delay=1\n", "retries=4\n  delay=1\n"},
	{"literal with an indent.yaml", "a:\n  retry: |2-\n     ^retries=4\n\n    ^delay=1\n", " retries=4\n\ndelay=1"},
	{"folded.yaml", "retry: >-\n  ^retries=4\n  ^delay=1\n\n  ^cap=2\nnext: 1\n", "retries=4 delay=1\ncap=2"},
	{"carriage returns.yaml", "retry: >-\r\n  ^retries=4\r\n  ^delay=1\r\n", "retries=4 delay=1"},
	{"anchor.yaml", "retry: &patient   ^retries=4 ^delay=1\nb: *patient", "retries=4 delay=1"},
	{"anchor and tag.yaml", "retry: !!str &patient # comment\n  '^retries=4'", "retries=4"},
	{"alias.yaml", "patient: &patient '^retries=4'\nretry: *patient", "retries=4"},
	{"merged.yaml", "base: &base {retry: '^retries=4'}\napp: {<<: [*base]}", "retries=4"},
	{"flow.yaml", "{a: [ {retry: ^retries=4} ]}", "retries=4"},
	{"second document.yaml", "a: 1\n---\nretry: ^retries=4\n", "retries=4"},
	{"beyond ASCII.yaml", "größe: {é: 1, retry: \"ä ^retries=4\"}", "ä retries=4"},
	{"byte order mark.yaml", "\ufeffretry: ^retries=4", "retries=4"},
	{"long line separators.yaml", "a: \"x\u2028y\"\nretry: ^retries=4", "retries=4"},
	{"basic.toml", `retry = "^retries=4 ^delay=1"`, ""},
	{"basic with escapes.toml", `retry = "^r\u0065tries=4\t^delay=\U00000031"`, "retries=4\tdelay=1"},
	{"literal.toml", `retry = '^retries=4 ^delay=1'`, ""},
	{"multi-line.toml", "retry = \"\"\"\n^retries=4 \\\n   ^delay=1\n\"\"\"", "retries=4 delay=1\n"},
	{"multi-line literal.toml", "retry = '''\n^retries=4\n  ^delay=1'''", "retries=4\n  delay=1"},
	{"table.toml", "[http]\nretry = '^retries=4'", "retries=4"},
	{"dotted.toml", "http.retry = '^retries=4'", "retries=4"},
	{"inline.toml", "http = { retry = '^retries=4' }", "retries=4"},
	{"array of tables.toml", "[[db]]\nname = 'a'\n[[db]]\nretry = '^retries=4'", "retries=4"},
	{"plain.json", `{"retry": "^retries=4 ^delay=1"}`, ""},
	{"escapes.json", `{"a": [1, {"retry" : "\u00e9\ud83d\ude00 ^r\u0065tries=4\n^delay=1"}]}`, "é😀 retries=4\ndelay=1"},
	{"lines.json", "{\n\t\"x\": \"\\\"\",\n\t\"retry\":\n\t\t\"^retries=4\"\n}\n", "retries=4"},
}

// TestQuoting finds each option where it stands.
func TestQuoting(t *testing.T) {
	for _, test := range quotings {
		t.Run(test.name, func(t *testing.T) {
			file, marks := marked(test.file)
			found, err := Find(test.name, []byte(file), nil)
			if err != nil || len(found.Values) != 1 {
				t.Fatalf("%+v, error %v", found, err)
			}
			v := found.Values[0]
			if want := test.text; want != "" && v.Text != want {
				t.Errorf("text %q, want %q", v.Text, want)
			}
			p, _ := policy.Parse(v.Text, 0)
			var got []string
			for e := range p.Entries() {
				pos := v.Position(e.Pos)
				got = append(got, fmt.Sprintf("%d:%d", pos.Line, pos.Column))
			}
			if strings.Join(got, " ") != strings.Join(marks, " ") {
				t.Errorf("options at %s, want %s in\n%s", got, marks, file)
			}
		})
	}
}

// TestKeys finds values at keys.
func TestKeys(t *testing.T) {
	const file = `
retry: a
Retry: b
upload_retry: c
UPLOAD_RETRY: d
httpRetry: e
HTTPRetry: f
retry-policy: g
retryPolicy: h
http.retry: i
retries: no
retryable: no
autoretry: no
retried: 5
db:
  main: {policy: j, size: 3}
  other: {policy: k, retry: [l, m]}
overrides:
  pricing.Client.Fetch: n
  example.com/shop/orders.Place: o
`
	for _, test := range []struct{ keys, want string }{
		{"", "a b c d e f g h i l m"},
		{"policy", "j k"},
		{"POLICY", "j k"},
		{"db.*.policy", "j k"},
		{"db.*", "| db.main is a mapping, db.other is a mapping"},
		{"d*.*r.p*y", "k"},
		{"main.policy,retries", "no j"},
		{"other.retry", "l m"},
		{"other.retry.1", "m"},
		{"http.retry", "i"},
		{"overrides.*", "n o"},
		{"overrides.pricing.Client.Fetch", "n"},
		{"main.size", "| db.main.size is a number"},
		{"db.policy,retried", "| retried is a number | db.policy"},
	} {
		var keys []string
		if test.keys != "" {
			keys = strings.Split(test.keys, ",")
		}
		found, err := Find("app.yml", []byte(file), keys)
		if err != nil {
			t.Fatal(err)
		}
		var texts, others []string
		for _, v := range found.Values {
			texts = append(texts, v.Text)
			if v.Override != (v.Text == "n" || v.Text == "o") {
				t.Errorf("%s: override is %t", v.Key, v.Override)
			}
		}
		for _, o := range found.Others {
			others = append(others, o.Key+" is "+o.What)
		}
		got := strings.Join(texts, " ")
		if len(others) > 0 {
			got += " | " + strings.Join(others, ", ")
		}
		if len(found.Unmatched) > 0 {
			got += " | " + strings.Join(found.Unmatched, " ")
		}
		if strings.TrimSpace(got) != test.want {
			t.Errorf("%s: %s, want %s", test.keys, got, test.want)
		}
	}
}

// TestMalformed has files that are not what they say.
func TestMalformed(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"a.ini", "", "a.ini: want a file that ends in .yaml, .yml, .toml or .json"},
		{"app", "", "app: want a file"},
		{"a.yaml", "a: 1\nb: [1\n", "a.yaml:2:1: did not find expected ',' or ']'"},
		{"a.yaml", "retry: retries=1\nb: 1\nretry: retries=2\n", "a.yaml:3:1: retry is a key already, in line 1"},
		{"a.yaml", "a: *x", "a.yaml:1:1: unknown anchor 'x' referenced"},
		{"a.toml", "a = 1\nb = = 2", "a.toml:2:5: "},
		{"a.toml", "a = 1\na = 2", "a.toml:2:1: "},
		{"a.json", "{\n\"a\": tru}", "a.json:2:9: invalid character '}' in literal true (expecting 'e')"},
		{"a.json", "{", "a.json:1:2: unexpected end of JSON input"},
		{"a.json", "{} {}", "a.json:1:4: invalid character '{' after top-level value"},
		{"a.json", "", "a.json:1:1: unexpected end of JSON input"},
		{"a.yaml", "a: \xff", "a.yaml:1:4: the file is not UTF-8"},
	} {
		_, err := Find(test.name, []byte(test.file), nil)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s %q: %v, want %s", test.name, test.file, err, test.want)
		}
	}
}

// TestAliases has aliases that lead to more nodes than there is memory, and one that leads to itself.
func TestAliases(t *testing.T) {
	file := "a0: &a0 [x]\n"
	for i := range 30 {
		file += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	if _, err := Find("a.yaml", []byte(file), nil); err == nil || !strings.Contains(err.Error(), "too many aliases") {
		t.Error(err)
	}
	if found, err := Find("a.yaml", []byte("a: &a {retry: retries=1, b: *a}"), nil); err != nil || len(found.Values) != 1 {
		t.Error(found, err)
	}
}

// FuzzWritten finds texts that libraries have written, and each of their words where it stands.
func FuzzWritten(f *testing.F) {
	for _, q := range quotings {
		_, text, _ := strings.Cut(q.text, "^")
		f.Add(text)
	}
	f.Add("retries=4 delay=1\n\tcap=\"x\" '\u2028")
	marshal := map[string]func(any) ([]byte, error){".yaml": yaml.Marshal, ".toml": toml.Marshal, ".json": json.Marshal}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		for extension, marshal := range marshal {
			file, err := marshal(map[string]string{"retry": text})
			if err != nil {
				continue
			}
			found, err := Find("app"+extension, file, nil)
			if err != nil {
				continue // some write what they do not read
			}
			if len(found.Values) != 1 || found.Values[0].Text != text {
				t.Fatalf("%+v in\n%s", found.Values, file)
			}
			for _, word := range strings.Fields(text) {
				v, at := found.Values[0], strings.Index(text, word)
				if got := v.Position(at).Offset; word[0] < utf8.RuneSelf && file[got] != word[0] && file[got] != '\\' && file[got] != '\'' {
					t.Fatalf("%q is at %d in\n%s", word, got, file)
				}
			}
		}
	})
}

// FuzzFind finds values in anything. Their positions are in the file.
func FuzzFind(f *testing.F) {
	for _, q := range quotings {
		file, _ := marked(q.file)
		f.Add(q.name[strings.LastIndexByte(q.name, '.'):], file)
	}
	f.Fuzz(func(t *testing.T, extension, file string) {
		for _, keys := range [][]string{nil, {"*"}} {
			found, err := Find("app"+extension, []byte(file), keys)
			if err != nil {
				continue
			}
			for _, v := range found.Values {
				for i := range len(v.Text) + 1 {
					pos := v.Position(i)
					if pos.Offset < 0 || pos.Offset > len(file) || pos.Line < 1 || pos.Column < 1 ||
						pos.Line > 1+strings.Count(file, "\n") {
						t.Fatalf("%q: byte %d is at %v", v.Text, i, pos)
					}
				}
			}
		}
	})
}
