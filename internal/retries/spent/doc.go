// Package spent knows what calls use up: readers that they read to the end, requests whose body they send.
//
//	func send(client *http.Client, url string, r io.Reader) error {
//		req, err := http.NewRequest("PUT", url, r)
//		…
//		resp, err := client.Do(req)
//		…
//	}
//
// NewRequest keeps r: the request reads from it. Do uses up what it is given. So a call of send uses up its third argument,
// and so does the call of whatever passes a reader to send.
//
// [Analyzer] works on one package at a time. What it finds about functions is passed on as the fact [Spends].
package spent
