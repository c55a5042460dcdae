package devserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/testing/freeport"
)

// ports are those of the server's services. A server that starts again has the same ones: its records name them, and it
// would wait a minute for the services that it does not find there.
type ports struct {
	GRPC       map[string]int
	Membership map[string]int
}

// ports returns the ports of the server that has written the file, or free ones.
func (c Config) ports() (ports, error) {
	name := c.File + ".ports"
	if c.File != "" {
		switch at, err := readPorts(name); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return at, err
		case c.Port == 0 || c.Port == at.GRPC["frontend"]:
			return at, nil
		}
	}
	at := freePorts()
	if c.Port != 0 {
		at.GRPC["frontend"] = c.Port
	}
	if c.File == "" {
		return at, nil
	}
	data, err := json.Marshal(at)
	if err != nil {
		return at, err
	}
	return at, os.WriteFile(name, data, 0o600)
}

func readPorts(name string) (at ports, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return at, err
	}
	if err := json.Unmarshal(data, &at); err != nil {
		return at, fmt.Errorf("%s: %w", name, err)
	}
	return at, nil
}

func freePorts() ports {
	at := ports{map[string]int{}, map[string]int{}}
	for _, service := range []string{"frontend", "history", "matching", "worker"} {
		at.GRPC[service], at.Membership[service] = freeport.MustGetFreePort(), freeport.MustGetFreePort()
	}
	return at
}

func (at ports) services() map[string]config.Service {
	services := map[string]config.Service{}
	for name, port := range at.GRPC {
		services[name] = config.Service{RPC: config.RPC{GRPCPort: port, MembershipPort: at.Membership[name], BindOnIP: host}}
	}
	return services
}
