package policy

import "strings"

// foreign says which option is meant by a word of another retry library, of a client's settings, or of Prefect. The words
// are as normal returns them.
var foreign = index(map[string]string{
	"retries": `retry maxretry maxretries maximumretries retrycount numretries retrymax maxretrycount retrylimit
		maxretryattempts retryattempts numberofretries nretries stop`,
	"delay": `backoff wait sleep interval pause waitduration waitfixed fixeddelay fixedwait period waittime schedule
		delaytype backofftype delayfunc backofffunc waitexponential exponential exponentialbackoff expo linear fibonacci
		retryinterval defaultretrydelay`,
	"jitter": "randomization randomizationfactor randomizedwaitfactor randomfactor maxjitter jitterfactor usejitter jittertype fuzz",
	"cap": `maxdelay maxwait maxbackoff maxinterval maximuminterval maxsleep delaymax backoffmax ceiling waitmax delaylimit
		maxbackofftime`,
	"timeout": "attempttimeout timeoutperattempt pertrytimeout perretrytimeout requesttimeout calltimeout trytimeout",
	"within": `maxelapsedtime maxelapsed maxduration deadline totaltimeout overalltimeout maxtime stopafterdelay timebudget
		maxtotaltime timelimit maxretrytime maxretryduration totaltimeoutmax`,
	"if": `when condition conditionfn predicate shouldretry isretryable retryable checkretry shouldhandle resultpredicate
		retrypolicyfunc filter retryonresult retryonexceptionpredicate`,
	"on": `errors error exceptions exception include retryfor retryexceptions autoretryfor retryerrors retryonexception
		ifexceptiontype retryableerrors recordexceptions`,
	"except": `exclude ignore noretryfor noretry noretryon ignoreexceptions abort aborton nonretryable nonretryableerrors
		nonretryableerrortypes notretryable dontretryfor permanent`,
	"budget":     "retrybudget bucket tokenbucket throttle throttling",
	"guard":      "breaker circuitbreaker circuit ratelimit ratelimiter limiter limit",
	"notify":     "onretry beforesleep onfailure onerror callback hook listener onfailedattempt onattempt logger",
	"discard":    "cleanup release close dispose",
	"checkpoint": "cache memoize persist persistresult cacheresult remember",
	"policy":     "preset profile strategy retrypolicy",
	"remote":     "distributed activity offload",
	"as":         "wrapper wrappername funcname rename alias",
})

// counted are other words for attempts, which count the first one too.
var counted = set(`attempts attempt maxattempts maxattempt maximumattempts tries maxtries maximumtries numattempts numtries
	stopafterattempt stopafterattempts totalattempts steps`)

// bases are the words for the growth of an exponential delay, firsts those for its first wait.
var (
	bases = set(`multiplier backoffmultiplier base backoffbase exponentialbase exponentialbackoffmultiplier expbase growth
		growthfactor backoffcoefficient backoffrate factor`)
	firsts = set(`initial initialdelay initialinterval initialwait initialbackoff mindelay minwait minbackoff minimumdelay
		startdelay firstdelay firstwait basedelay waitmin min backofffactor start first`)
)

// absent says what to do instead of options that other libraries have.
var absent = map[string]string{
	"fallback":       "there is none here; look at the error that the wrapper returns",
	"fallbackmethod": "there is none here; look at the error that the wrapper returns",
	"recover":        "there is none here; look at the error that the wrapper returns",
	"name":           "a task is named by its package and function; as= names the generated function",
	"taskname":       "a task is named by its package and function; as= names the generated function",
	"cachekeyfn":     "checkpoint tells calls apart by their arguments",
	"logprints":      "notify= takes a function that may log",
	"log":            "notify= takes a function that may log",
	"tags":           "a directive has none",
	"description":    "the doc comment of the function describes it",
	"desc":           "the doc comment of the function describes it",
	"comment":        "a comment begins with //",
	"version":        "a directive has none",
	"noretries":      "write retries=0, or leave the directive out",
	"context":        "the wrapper passes on the context parameter of the function",
	"ctx":            "the wrapper passes on the context parameter of the function",
	"randomseed":     "a test replaces the random source through retry.With",
	"async":          "call the wrapper in a goroutine",
	"reraise":        "the wrapper returns the last error as it is",
	"lasterroronly":  "the wrapper returns the last error as it is",
}

// index turns lists of words into a map from each word.
func index(lists map[string]string) map[string]string {
	byWord := map[string]string{}
	for option, list := range lists {
		for word := range strings.FieldsSeq(list) {
			byWord[word] = option
		}
	}
	return byWord
}

func set(list string) map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		words[word] = true
	}
	return words
}

// normal returns a name in small letters, without what joins its parts.
func normal(name string) string {
	return strings.ToLower(joints.Replace(name))
}

// joints removes what joins the parts of a name.
var joints = strings.NewReplacer("_", "", "-", "", ".", "")

// spellings returns the forms of a name that may be known, the whole name first.
func spellings(name string) []string {
	list := []string{normal(name)}
	for _, prefix := range []string{"with", "retry", "task", "flow", "max"} {
		for _, word := range list {
			if rest, ok := strings.CutPrefix(word, prefix); ok && rest != "" && prefix != "max" {
				list = append(list, rest)
			}
		}
	}
	for _, word := range list {
		for _, suffix := range []string{"seconds", "secs", "sec", "milliseconds", "millis", "ms", "minutes", "duration", "fn", "func"} {
			if rest, ok := strings.CutSuffix(word, suffix); ok && rest != "" {
				list = append(list, rest)
				break
			}
		}
	}
	return list
}

// called returns the option that a name means, here or elsewhere, and reports whether there is one.
func called(name string) (*Option, bool) {
	if o := find(name); o != nil {
		return o, true
	}
	for _, word := range spellings(name) {
		switch {
		case find(word) != nil:
			return find(word), true
		case foreign[word] != "":
			return find(foreign[word]), true
		case counted[word]:
			return find("attempts"), true
		case bases[word], firsts[word]:
			return find("delay"), true
		}
	}
	return nil, false
}

// translate returns the value of an option of another library as it is written here.
func translate(name, value string) suggestion {
	for _, word := range spellings(name) {
		switch {
		case find(word) != nil:
			return suggestion{value: withUnit(name, value)}
		case counted[word]:
			return suggestion{value: value}
		case bases[word]:
			return suggestion{value: "exponential(1,base=" + value + ")"}
		case firsts[word]:
			return suggestion{value: "exponential(" + withUnit(name, value) + ")"}
		case strings.HasPrefix(word, "random"):
			return suggestion{value: share(value)}
		case foreign[word] == "delay" && word != "backoff" && schedules[word] != "" && isDuration(value):
			return suggestion{value: schedules[word] + "(" + value + ")"}
		case foreign[word] != "":
			return suggestion{value: withUnit(name, value)}
		}
	}
	return suggestion{value: value}
}

// withUnit adds the unit that a name ends with to a number that has none. A number without a unit is seconds here.
func withUnit(name, value string) string {
	if value == "" || !digits(value[len(value)-1:]) || strings.Contains(value, ",") {
		return value
	}
	word := normal(name)
	switch {
	case strings.HasSuffix(word, "ms"), strings.HasSuffix(word, "millis"), strings.HasSuffix(word, "milliseconds"):
		return value + "ms"
	case strings.HasSuffix(word, "minutes"):
		return value + "m"
	}
	return value
}

// share returns a fraction as a percentage.
func share(value string) string {
	f, err := decimal(value)
	if err != nil || f > 1 {
		return value
	}
	return printDecimal(f*100) + "%"
}
