package grpctest

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// server is slower than the timeout: Check at first, Watch between its messages.
type server struct {
	healthpb.UnimplementedHealthServer
	checks *atomic.Int32
}

func (s server) Check(ctx context.Context, _ *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	if s.checks.Add(1) == 1 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, nil
}

func (s server) Watch(_ *healthpb.HealthCheckRequest, stream healthpb.Health_WatchServer) error {
	for range 3 {
		if err := stream.Send(&healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}); err != nil {
			return err
		}
		time.Sleep(150 * time.Millisecond)
	}
	return nil
}

func dial(t *testing.T) (healthpb.HealthClient, *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	running, checks := grpc.NewServer(), new(atomic.Int32)
	healthpb.RegisterHealthServer(running, server{checks: checks})
	go func() { _ = running.Serve(listener) }()
	t.Cleanup(running.Stop)
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return healthpb.NewHealthClient(conn), checks
}

// TestStream receives from streams for longer than the timeout of an attempt.
func TestStream(t *testing.T) {
	health, _ := dial(t)
	for name, open := range map[string]func(context.Context) (grpc.ServerStreamingClient[healthpb.HealthCheckResponse], error){
		"decorator": func(ctx context.Context) (grpc.ServerStreamingClient[healthpb.HealthCheckResponse], error) {
			return HealthWithRetry{health}.Watch(ctx, &healthpb.HealthCheckRequest{})
		},
		"method": func(ctx context.Context) (grpc.ServerStreamingClient[healthpb.HealthCheckResponse], error) {
			return client{health}.watchWithRetry(ctx, &healthpb.HealthCheckRequest{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			stream, err := open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				if _, err := stream.Recv(); err != nil {
					t.Fatalf("message %d: %v", i+1, err)
				}
			}
			if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
				t.Errorf("the stream ended with %v", err)
			}
		})
	}
}

// TestUnary retries a call that the timeout of its attempt has ended.
func TestUnary(t *testing.T) {
	health, checks := dial(t)
	if _, err := (HealthWithRetry{health}).Check(t.Context(), &healthpb.HealthCheckRequest{}); err != nil || checks.Load() != 2 {
		t.Errorf("%d calls, error %v; want 2 and none", checks.Load(), err)
	}
	if _, err := health.List(t.Context(), &healthpb.HealthListRequest{}); status.Code(err) != codes.Unimplemented {
		t.Error(err)
	}
}
