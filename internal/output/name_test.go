package output

import "testing"

func TestName(t *testing.T) {
	for name, want := range map[string]string{
		"price.go": "price_retry.go", "conn_linux.go": "conn_retry_linux.go", "conn_linux_amd64.go": "conn_retry_linux_amd64.go",
		"x_test.go": "x_retry_test.go", "conn_windows_test.go": "conn_retry_windows_test.go", "linux.go": "linux_retry.go",
		"a_linux_b.go": "a_linux_b_retry.go", "linux_amd64.go": "linux_retry_amd64.go", "a_unix.go": "a_unix_retry.go",
	} {
		if got := Name(name); got != want {
			t.Errorf("Name(%q) = %q, want %q", name, got, want)
		}
	}
}
