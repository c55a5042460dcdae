package retrygrpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	health "google.golang.org/grpc/health/grpc_health_v1"
)

// invoke makes one attempt of a unary call. Its wrapper is a grpc.UnaryClientInterceptor.
//
//retry:task retries=3 delay=exponential(20ms) jitter=full cap=1s if=github.com/retrygen/retrygen/runtime/retrygrpc.Safe
func invoke(
	ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
) error {
	return invoker(ctx, method, req, reply, conn, opts...)
}

// watch opens a stream and passes on what it receives, until the stream ends. If it breaks, it is opened again.
//
//retry:task retries=3 delay=exponential(20ms) jitter=full cap=1s if=github.com/retrygen/retrygen/runtime/retrygrpc.Transient
func watch(ctx context.Context, client health.HealthClient, each func(*health.HealthCheckResponse)) error {
	stream, err := client.Watch(ctx, &health.HealthCheckRequest{})
	if err != nil {
		return err
	}
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		each(message)
	}
}

// A function with the parameters of a grpc.UnaryClientInterceptor has a wrapper with them, too. So the interceptor for all
// calls of a client is one directive:
//
//	//retry:task retries=3 delay=exponential(20ms) jitter=full cap=1s if=github.com/retrygen/retrygen/runtime/retrygrpc.Safe
//	func invoke(
//		ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption,
//	) error {
//		return invoker(ctx, method, req, reply, conn, opts...)
//	}
//
// It uses Safe, since some methods must not run twice.
func Example_unaryInterceptor() {
	var calls atomic.Int32
	client, stop := start(server{check: func(context.Context) (*health.HealthCheckResponse, error) {
		if calls.Add(1) < 3 {
			return nil, withDelay(codes.Unavailable, 10*time.Millisecond)
		}
		return &health.HealthCheckResponse{Status: health.HealthCheckResponse_SERVING}, nil
	}}, grpc.WithUnaryInterceptor(invokeWithRetry))
	defer stop()

	answer, err := client.Check(context.Background(), &health.HealthCheckRequest{})
	fmt.Println(answer.GetStatus(), err, calls.Load())
	// Output: SERVING <nil> 3
}

// A stream is retried as a whole: the task opens it and reads it to its end. What it has passed on before the stream broke
// is passed on again.
func Example_stream() {
	var streams atomic.Int32
	client, stop := start(server{watch: func(stream health.Health_WatchServer) error {
		if err := stream.Send(&health.HealthCheckResponse{Status: health.HealthCheckResponse_SERVING}); err != nil {
			return err
		}
		if streams.Add(1) == 1 {
			return withDelay(codes.Unavailable, 10*time.Millisecond)
		}
		return nil
	}})
	defer stop()

	err := watchWithRetry(context.Background(), client, func(message *health.HealthCheckResponse) { fmt.Println(message.GetStatus()) })
	fmt.Println(err, streams.Load())
	// Output:
	// SERVING
	// SERVING
	// <nil> 2
}

// start starts a server and a client of it.
func start(s server, options ...grpc.DialOption) (client health.HealthClient, stop func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	running := grpc.NewServer()
	health.RegisterHealthServer(running, s)
	go func() { _ = running.Serve(listener) }()
	options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))
	conn, err := grpc.NewClient(listener.Addr().String(), options...)
	if err != nil {
		panic(err)
	}
	return health.NewHealthClient(conn), func() { conn.Close(); running.Stop() }
}
