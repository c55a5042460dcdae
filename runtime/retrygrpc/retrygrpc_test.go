package retrygrpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	health "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/retrygen/retrygen/runtime/retrygrpc"
)

// server answers as its functions say.
type server struct {
	health.UnimplementedHealthServer
	check func(ctx context.Context) (*health.HealthCheckResponse, error)
	watch func(stream health.Health_WatchServer) error
}

func (s server) Check(ctx context.Context, _ *health.HealthCheckRequest) (*health.HealthCheckResponse, error) {
	return s.check(ctx)
}

func (s server) Watch(_ *health.HealthCheckRequest, stream health.Health_WatchServer) error {
	return s.watch(stream)
}

// serve starts a server at an address, which may end with ":0", and returns it.
func serve(t testing.TB, address string, s server) (*grpc.Server, string) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	running := grpc.NewServer()
	health.RegisterHealthServer(running, s)
	go func() { _ = running.Serve(listener) }()
	t.Cleanup(running.Stop)
	return running, listener.Addr().String()
}

func connect(t testing.TB, address string) health.HealthClient {
	t.Helper()
	quick := grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: time.Millisecond, MaxDelay: time.Millisecond},
		MinConnectTimeout: time.Minute,
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithConnectParams(quick))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return health.NewHealthClient(conn)
}

// withDelay is a status with a RetryInfo.
func withDelay(code codes.Code, delay time.Duration) error {
	found, err := status.New(code, "not now").WithDetails(
		&errdetails.ErrorInfo{Reason: "BUSY"}, &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
	if err != nil {
		panic(err)
	}
	return found.Err()
}

// expect asks both conditions about an error.
func expect(t *testing.T, err error, wait time.Duration, transient, safe bool) {
	t.Helper()
	for _, err := range []error{err, fmt.Errorf("fetching: %w", err)} {
		if got, again := retrygrpc.Transient(t.Context(), err); again != transient || got != wait {
			t.Errorf("Transient is %v, %v for %v; want %v, %v", got, again, err, wait, transient)
		}
		if got, again := retrygrpc.Safe(t.Context(), err); again != safe || got != wait && safe {
			t.Errorf("Safe is %v, %v for %v; want %v, %v", got, again, err, wait, safe)
		}
		done, cancel := context.WithCancel(t.Context())
		cancel()
		if _, again := retrygrpc.Transient(done, err); again {
			t.Errorf("Transient retries %v on a context that has ended", err)
		}
	}
}

// TestStatus has a server answer with each status, without and with a RetryInfo.
func TestStatus(t *testing.T) {
	var answer error
	_, address := serve(t, "127.0.0.1:0", server{check: func(context.Context) (*health.HealthCheckResponse, error) { return nil, answer }})
	client := connect(t, address)
	plain := map[codes.Code]bool{codes.Unavailable: true, codes.DeadlineExceeded: true}
	invited := map[codes.Code]bool{codes.Unavailable: true, codes.ResourceExhausted: true, codes.Aborted: true}
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		t.Run(code.String(), func(t *testing.T) {
			answer = status.Error(code, "not now")
			_, err := client.Check(t.Context(), &health.HealthCheckRequest{})
			expect(t, err, 0, plain[code], false)

			answer = withDelay(code, 7*time.Second)
			_, err = client.Check(t.Context(), &health.HealthCheckRequest{})
			wait := 7 * time.Second
			if !invited[code] {
				wait = 0
			}
			expect(t, err, wait, plain[code] || invited[code], invited[code])
		})
	}
}

func TestOther(t *testing.T) {
	expect(t, errors.New("no price"), 0, false, false)
	expect(t, context.Canceled, 0, false, false)
	expect(t, context.DeadlineExceeded, 0, true, false)
	expect(t, withDelay(codes.Unavailable, -time.Second), 0, true, true)
	if _, again := retrygrpc.Transient(t.Context(), nil); again {
		t.Error("Transient retries nil")
	}
}

// TestClient is about failures that grpc-go itself reports.
func TestClient(t *testing.T) {
	arrived := make(chan struct{}, 8)
	_, address := serve(t, "127.0.0.1:0", server{check: func(ctx context.Context) (*health.HealthCheckResponse, error) {
		arrived <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	client := connect(t, address)
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		_, err := client.Check(ctx, &health.HealthCheckRequest{})
		expect(t, err, 0, false, false)
	})
	t.Run("attempt's deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		_, err := client.Check(ctx, &health.HealthCheckRequest{})
		expect(t, err, 0, true, false)
		<-ctx.Done()
		if _, again := retrygrpc.Transient(ctx, err); again {
			t.Error("Transient retries after the caller's own deadline")
		}
	})
	t.Run("refused", func(t *testing.T) {
		running, gone := serve(t, "127.0.0.1:0", server{})
		running.Stop()
		_, err := connect(t, gone).Check(t.Context(), &health.HealthCheckRequest{})
		expect(t, err, 0, true, false)
	})
	t.Run("message too large", func(t *testing.T) {
		_, err := client.Check(t.Context(), &health.HealthCheckRequest{Service: "a long name"}, grpc.MaxCallSendMsgSize(5))
		if status.Code(err) != codes.ResourceExhausted {
			t.Fatal(err)
		}
		expect(t, err, 0, false, false)
	})
}

// until calls a function until it succeeds or its error is not to be retried, and returns the number of calls.
func until(ctx context.Context, call func() error) (calls int, err error) {
	for {
		calls++
		err = call()
		if _, again := retrygrpc.Transient(ctx, err); !again {
			return calls, err
		}
	}
}

// TestKilled kills the server during a call. Another one takes its place.
func TestKilled(t *testing.T) {
	arrived := make(chan struct{})
	first, address := serve(t, "127.0.0.1:0", server{check: func(ctx context.Context) (*health.HealthCheckResponse, error) {
		close(arrived)
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	client := connect(t, address)
	var calls int
	failed := make(chan error)
	go func() {
		var err error
		calls, err = until(t.Context(), func() error {
			_, err := client.Check(t.Context(), &health.HealthCheckRequest{})
			return err
		})
		failed <- err
	}()
	<-arrived
	first.Stop()
	serve(t, address, server{check: func(context.Context) (*health.HealthCheckResponse, error) {
		return &health.HealthCheckResponse{Status: health.HealthCheckResponse_SERVING}, nil
	}})
	if err := <-failed; err != nil || calls < 2 {
		t.Errorf("error %v after %d calls, want success after at least 2", err, calls)
	}
}

// TestStreamKilled kills the server in the middle of a stream, which is read again from its start.
func TestStreamKilled(t *testing.T) {
	send := func(stream health.Health_WatchServer, n int) error {
		for i := range n {
			if err := stream.Send(&health.HealthCheckResponse{Status: health.HealthCheckResponse_ServingStatus(i % 3)}); err != nil {
				return err
			}
		}
		return nil
	}
	first, address := serve(t, "127.0.0.1:0", server{watch: func(stream health.Health_WatchServer) error {
		if err := send(stream, 2); err != nil {
			return err
		}
		<-stream.Context().Done()
		return stream.Context().Err()
	}})
	client := connect(t, address)
	var all []int
	calls, err := until(t.Context(), func() error {
		all = nil
		stream, err := client.Watch(t.Context(), &health.HealthCheckRequest{})
		if err != nil {
			return err
		}
		for {
			answer, err := stream.Recv()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if all = append(all, int(answer.Status)); len(all) == 2 && first != nil {
				first.Stop()
				first = nil
				serve(t, address, server{watch: func(stream health.Health_WatchServer) error { return send(stream, 5) }})
			}
		}
	})
	if want := "[0 1 2 0 1]"; err != nil || calls < 2 || fmt.Sprint(all) != want {
		t.Errorf("read %v, error %v after %d calls; want %s after at least 2", all, err, calls, want)
	}
}

func Example() {
	ctx := context.Background()
	fmt.Println(retrygrpc.Transient(ctx, status.Error(codes.Unavailable, "starting")))
	fmt.Println(retrygrpc.Safe(ctx, status.Error(codes.Unavailable, "starting")))
	fmt.Println(retrygrpc.Safe(ctx, withDelay(codes.ResourceExhausted, 3*time.Second)))
	fmt.Println(retrygrpc.Transient(ctx, status.Error(codes.NotFound, "no such symbol")))
	// Output:
	// 0s true
	// 0s false
	// 3s true
	// 0s false
}
