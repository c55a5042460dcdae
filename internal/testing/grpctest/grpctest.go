// Package grpctest runs wrappers against real gRPC servers: a stream uses the context that it was opened with for as
// long as it lives.
package grpctest

import (
	"context"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

//go:generate go tool retrygen

// Health is a client whose methods have a timeout for each attempt, but for those that return streams.
//
//retry:task retries=3 delay=1ms jitter=full timeout=200ms
type Health interface{ healthpb.HealthClient }

// client opens streams.
type client struct{ health healthpb.HealthClient }

// watch has no timeout of its own, since the package's default cannot apply to it.
//
//retry:task retries=3 delay=1ms jitter=full
func (c client) watch(
	ctx context.Context, in *healthpb.HealthCheckRequest, opts ...grpc.CallOption,
) (grpc.ServerStreamingClient[healthpb.HealthCheckResponse], error) {
	return c.health.Watch(ctx, in, opts...)
}

//retry:default task timeout=200ms
