// Package browser tests the pages of retrygen in a real browser. It is a module of its own, so that only its tests need
// chromedp. Without Chromium, or Chrome, they are skipped:
//
//	apt-get install chromium && go test ./...
//	go test -run Pictures -pictures /tmp/pages ./... # writes pictures, to look at
package browser
