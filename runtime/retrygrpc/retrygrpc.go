// Package retrygrpc has ready conditions for calls of gRPC: which statuses are worth another attempt, and the wait that a
// server asks for. It is a module of its own, so that only those who use gRPC depend on it.
//
//	//retry:task retries=4 delay=exponential(100ms) jitter=full cap=5s if=github.com/retrygen/retrygen/runtime/retrygrpc.Transient
//	func (c *Client) Price(ctx context.Context, symbol string) (*pb.Price, error) {
//		return c.prices.Get(ctx, &pb.GetRequest{Symbol: symbol})
//	}
//
// repeats a call while the server is not available, and waits as long as its RetryInfo says.
//
// A function with the parameters of a grpc.UnaryClientInterceptor has a wrapper that is one, for all calls of a client.
//
// A stream that breaks is repeated from its start: the task is the function that opens the stream and reads it to its end.
// What it has passed on by then is passed on again. A task that returns a stream retries the opening alone: an error of Recv
// or SendMsg comes after the wrapper has returned. Such a task can have no timeout, since the stream outlives its attempt.
//
// [Transient] is for methods that may run twice, as reads and methods with a request id do. A server that is not available
// may have done its work before the connection was lost. [Safe] retries only what the server itself invites to.
//
// grpc-go has retries of its own, by a service config. Use one of the two: together they multiply.
package retrygrpc

import (
	"context"
	"errors"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Transient is a condition for functions that call a gRPC method which may run twice. It retries
//   - UNAVAILABLE, which AIP-194 says to retry: the server is down, starting or overloaded, or the connection was lost;
//   - DEADLINE_EXCEEDED while ctx, the caller's context, has not ended: the attempt's own timeout, or the server's;
//   - what [Safe] retries: RESOURCE_EXHAUSTED and ABORTED with a RetryInfo.
//
// It does not retry CANCELLED, nor anything once ctx has ended, nor the statuses that stay the same: INVALID_ARGUMENT,
// NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED,
// INTERNAL, DATA_LOSS, UNKNOWN. RESOURCE_EXHAUSTED without a RetryInfo is also a quota that is used up or a message that is
// too large. ABORTED without one asks for a larger unit to be repeated, such as the transaction: write a condition of your
// own where the task is that unit. An error that is not a status counts as UNKNOWN.
//
// The wait is the RetryInfo's, or 0 without one.
func Transient(ctx context.Context, err error) (wait time.Duration, again bool) {
	if wait, again = Safe(ctx, err); again || ctx.Err() != nil {
		return wait, again
	}
	switch code(err) {
	case codes.Unavailable, codes.DeadlineExceeded:
		return 0, true
	}
	return 0, false
}

// Safe is a condition for functions that call a gRPC method which must not run twice. It retries UNAVAILABLE,
// RESOURCE_EXHAUSTED and ABORTED if the status has a RetryInfo, with its delay: the server says when the request can be
// repeated. It retries nothing once ctx, the caller's context, has ended.
//
// A call that never left the client is repeated by grpc-go itself. One that failed because no connection could be made is
// UNAVAILABLE, as a lost connection is, and is not safe. The call option grpc.WaitForReady has it wait for a connection
// instead.
func Safe(ctx context.Context, err error) (wait time.Duration, again bool) {
	if ctx.Err() != nil {
		return 0, false
	}
	switch code(err) {
	case codes.Unavailable, codes.ResourceExhausted, codes.Aborted:
		return retryDelay(err)
	}
	return 0, false
}

// code returns the code of a status, of the first one in what an error wraps. The errors of a context count as grpc-go
// reports them.
func code(err error) codes.Code {
	if found, ok := status.FromError(err); ok {
		return found.Code()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return codes.DeadlineExceeded
	}
	return codes.Unknown
}

// retryDelay returns the delay of a status's RetryInfo.
func retryDelay(err error) (delay time.Duration, ok bool) {
	found, _ := status.FromError(err)
	for _, detail := range found.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return max(info.GetRetryDelay().AsDuration(), 0), true
		}
	}
	return 0, false
}
