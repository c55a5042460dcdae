package prefect

import "context"

// Pipeline retries parts of a workflow: each task by itself, and nothing that has succeeded twice.
func Pipeline(ctx context.Context) error {
	rows, err := ExtractWithRetry(ctx)
	if err != nil {
		return err
	}
	return LoadWithRetry(ctx, rows)
}

// Extract is one part.
//
//retry:task retries=2 delay=3
func Extract(ctx context.Context) ([]string, error) { return []string{"row"}, Work(ctx, "extract") }

// Load is another, with a policy of its own.
//
//retry:task retries=4 delay=1
func Load(ctx context.Context, rows []string) error { return Work(ctx, "load") }
