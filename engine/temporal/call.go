package temporal

import (
	"encoding/hex"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/retrygen/retrygen/runtime/remote"
)

// call is what an activity gets besides the arguments.
type call struct {
	Run string `json:"run"`
	Key string `json:"key"` // in hexadecimal

	// For the calls that a flow makes.
	Queue     string        `json:"queue,omitempty"`
	Flows     string        `json:"flows,omitempty"`
	Unclaimed time.Duration `json:"unclaimed,omitempty"`
}

func (e *Engine) describe(c *remote.Call) call {
	d := call{Run: c.Run, Key: hex.EncodeToString(c.Key[:])}
	if c.Flow {
		d.Queue, d.Flows, d.Unclaimed = e.Queue, e.flows(), e.Unclaimed
	}
	return d
}

// key returns the call's key, zeros if there is none.
func (c call) key() (key [32]byte) {
	_, _ = hex.Decode(key[:], []byte(c.Key[:min(len(c.Key), 2*len(key))]))
	return key
}

// raw returns JSON as a value that passes through the codecs of the client, such as encryption, and that the server's
// pages show as JSON.
func raw(json []byte) converter.RawValue {
	return converter.NewRawValue(&commonpb.Payload{
		Metadata: map[string][]byte{converter.MetadataEncoding: []byte(converter.MetadataEncodingJSON)},
		Data:     json,
	})
}
