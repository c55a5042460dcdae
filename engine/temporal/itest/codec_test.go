package itest

import (
	"bytes"
	"errors"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/retrygen/retrygen/engine/temporal/itest/devserver"
	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
)

// TestCodec makes calls by a client that encodes what it sends, as one does that encrypts it: the server does not see the
// arguments, and errors arrive all the same.
//
// It runs before the tests that run together, since a server that records a thousand calls is slow to list some.
func TestCodec(t *testing.T) {
	plain, at := connect(t)
	codec := converter.NewZlibCodec(converter.ZlibCodecOptions{AlwaysEncode: true})
	c, err := client.Dial(client.Options{
		HostPort:      at,
		Logger:        devserver.Quiet{},
		DataConverter: converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	serve(t, c, queueOf(t), tasks...)
	ctx := remote.With(t.Context(), engine(c, queueOf(t)), t.Name())
	if done, err := shop.WorkWithRetry(ctx, shop.Job{Name: "codec"}); done != "codec" || err != nil {
		t.Errorf("%q, %v", done, err)
	}
	if done, err := shop.AllWithRetry(ctx, []shop.Job{{Name: "codec"}}); len(done) != 1 || err != nil {
		t.Errorf("%v, %v", done, err)
	}
	_, err = shop.WorkWithRetry(ctx, shop.Job{Name: "secret", Fail: 9, Err: "status"})
	if status, ok := errors.AsType[*shop.StatusError](err); !ok || status.Code != 503 {
		t.Errorf("%v", err)
	}
	for id := range activities(t, plain, "ActivityType = 'github.com/retrygen/retrygen/engine/temporal/itest/shop.Work'", t.Name()+"/") {
		handle := plain.GetActivityHandle(client.GetActivityHandleOptions{ActivityID: id})
		d, err := handle.Describe(t.Context(), client.DescribeActivityOptions{IncludeInput: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, payload := range d.RawResponse.GetInput().GetPayloads() {
			if bytes.Contains(payload.GetData(), []byte("Name")) {
				t.Errorf("the server sees %s", payload.GetData())
			}
		}
	}
}
