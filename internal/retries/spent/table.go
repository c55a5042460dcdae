package spent

import "github.com/retrygen/retrygen/internal/syntax"

// summary is what is known about the operands of a function: its receiver, if it has one, and its parameters. Bit i stands
// for operand i.
type summary struct {
	used   uint64 // a call uses these up
	sent   uint64 // of those: as the body of a request
	kept   uint64 // the results read from these
	reset  uint64 // a call brings these back to their beginning, or knows how to
	bodied bool   // the result is a request with a body that is made inside, or may be
	surely bool   // it always has one
}

func bit(i int) uint64 { return 1 << min(i, 63) }

// known are the functions of the standard library that everything ends in.
var known = map[string]summary{
	"net/http.Client.Do":           {used: bit(1), sent: bit(1)},
	"net/http.Client.Post":         {used: bit(3), sent: bit(3)},
	"net/http.Post":                {used: bit(2), sent: bit(2)},
	"net/http.Transport.RoundTrip": {used: bit(1), sent: bit(1)},
	"net/http.Request.Write":       {used: bit(0), sent: bit(0)},
	"io.Copy":                      {used: bit(1)},
	"io.CopyBuffer":                {used: bit(1)},
	"io.ReadAll":                   {used: bit(0)},
	"io/ioutil.ReadAll":            {used: bit(0)},
	"bytes.Buffer.ReadFrom":        {used: bit(1)},
	"bufio.Writer.ReadFrom":        {used: bit(1)},
	"os.File.ReadFrom":             {used: bit(1)},
	"bytes.Buffer.WriteTo":         {used: bit(0)},
	"bytes.Reader.WriteTo":         {used: bit(0)},
	"strings.Reader.WriteTo":       {used: bit(0)},
	"bufio.Reader.WriteTo":         {used: bit(0)},
	"encoding/csv.Reader.ReadAll":  {used: bit(0)},
	"encoding/json.Decoder.Decode": {used: bit(0)},
	"encoding/xml.Decoder.Decode":  {used: bit(0)},
	"encoding/gob.Decoder.Decode":  {used: bit(0)},
	"bufio.Scanner.Scan":           {used: bit(0)},
	"os/exec.Cmd.Start":            {used: bit(0)},
	"os/exec.Cmd.Run":              {used: bit(0)},
	"os/exec.Cmd.Output":           {used: bit(0)},
	"os/exec.Cmd.CombinedOutput":   {used: bit(0)},

	"net/http.NewRequest":            {kept: bit(2)},
	"net/http.NewRequestWithContext": {kept: bit(3)},
	"net/http/httptest.NewRequest":   {kept: bit(2)},
	"net/http.Request.WithContext":   {kept: bit(0)},
	"net/http.Request.Clone":         {kept: bit(0)},
	"net/http.MaxBytesReader":        {kept: bit(1)},
	"io.TeeReader":                   {kept: bit(0)},
	"io.LimitReader":                 {kept: bit(0)},
	"io.MultiReader":                 {kept: ^uint64(0)},
	"io.NopCloser":                   {kept: bit(0)},
	"io/ioutil.NopCloser":            {kept: bit(0)},
	"bufio.NewReader":                {kept: bit(0)},
	"bufio.NewReaderSize":            {kept: bit(0)},
	"bufio.NewScanner":               {kept: bit(0)},
	"encoding/json.NewDecoder":       {kept: bit(0)},
	"encoding/xml.NewDecoder":        {kept: bit(0)},
	"encoding/gob.NewDecoder":        {kept: bit(0)},
	"encoding/csv.NewReader":         {kept: bit(0)},
	"encoding/base64.NewDecoder":     {kept: bit(1)},
	"encoding/hex.NewDecoder":        {kept: bit(0)},
	"compress/gzip.NewReader":        {kept: bit(0)},
	"compress/zlib.NewReader":        {kept: bit(0)},
	"compress/flate.NewReader":       {kept: bit(0)},
	"compress/bzip2.NewReader":       {kept: bit(0)},
	"mime/multipart.NewReader":       {kept: bit(0)},

	// These restore what they read, or keep it.
	"net/http/httputil.DumpRequest":       {},
	"net/http/httputil.DumpRequestOut":    {},
	"net/http.Request.ParseForm":          {},
	"net/http.Request.ParseMultipartForm": {},
	"net/http.Request.FormValue":          {},
	"net/http.Request.PostFormValue":      {},
	"net/http.Request.FormFile":           {},
}

// piecewise are the functions that read one value of a stream. A loop around them reads the next value.
var piecewise = syntax.NameSet("encoding/json.Decoder.Decode", "encoding/xml.Decoder.Decode", "encoding/gob.Decoder.Decode",
	"bufio.Scanner.Scan")

// restoring are the methods that bring a reader or a request back to its beginning, in lower case.
var restoring = syntax.NameSet("seek", "reset", "rewind", "getbody", "setbody")
