// Package devserver runs a whole Temporal server in one process, with its records in a file: a server that may be killed
// and started again, for tests and examples. It is no server for production.
//
//	server, err := devserver.Start(devserver.Config{File: "/tmp/shop.db", Port: 7233})
//	if err != nil {
//		return err
//	}
//	defer server.Stop()
//	// client.Dial(client.Options{}) reaches it.
package devserver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

const host = "127.0.0.1"

// Config says what a server is to be.
type Config struct {
	File string // holds the records; created if it does not exist. If it is "", the records are in memory
	Port int    // of the frontend, on 127.0.0.1; any free one if it is 0
}

// Server is a running server.
type Server struct {
	Address string // for client.Options.HostPort
	server  temporal.Server
}

// Start starts a server with the namespace "default", and returns once it answers.
func Start(c Config) (*Server, error) {
	at, err := c.ports()
	if err != nil {
		return nil, err
	}
	c.Port = at.GRPC["frontend"]
	settings := c.settings(at)
	if err := c.prepare(settings.Persistence.DataStores[sqliteplugin.PluginName].SQL); err != nil {
		return nil, err
	}
	server, err := temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithLogger(log.NewNoopLogger()),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient{
			dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): []dynamicconfig.ConstrainedValue{{Value: true}},
		}),
	)
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	s := &Server{Address: fmt.Sprintf("%s:%d", host, c.Port), server: server}
	return s, s.await(30 * time.Second)
}

// Stop stops the server.
func (s *Server) Stop() error { return s.server.Stop() }

// await waits until the server answers.
func (s *Server) await(most time.Duration) error {
	c, err := client.NewLazyClient(client.Options{HostPort: s.Address, Logger: Quiet{}})
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	for {
		if _, err = c.CheckHealth(ctx, nil); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the server at %s does not answer", s.Address), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// prepare makes the namespace, and the tables if they are not there.
func (c Config) prepare(store *config.SQL) error {
	namespace, err := sqlite.NewNamespaceConfig("active", client.DefaultNamespace, false, nil)
	if err != nil {
		return err
	}
	return sqlite.CreateNamespaces(store, namespace)
}

func (c Config) store() *config.SQL {
	store := &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: c.File}
	if c.File == "" {
		store.DatabaseName = fmt.Sprintf("memory-%d", c.Port)
		store.ConnectAttributes = map[string]string{"mode": "memory", "cache": "shared"}
	} else {
		store.ConnectAttributes = map[string]string{
			"mode": "rwc", "setup": "true", "journal_mode": "wal", "synchronous": "normal",
		}
	}
	return store
}

func (c Config) settings(at ports) *config.Config {
	frontend := fmt.Sprintf("%s:%d", host, c.Port)
	return &config.Config{
		Global: config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: host}},
		Persistence: config.Persistence{
			DefaultStore:     sqliteplugin.PluginName,
			VisibilityStore:  sqliteplugin.PluginName,
			NumHistoryShards: 1,
			DataStores:       map[string]config.DataStore{sqliteplugin.PluginName: {SQL: c.store()}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        "active",
			CurrentClusterName:       "active",
			ClusterInformation: map[string]cluster.ClusterInformation{
				"active": {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            at.services(),
		Archival: config.Archival{
			History:    config.HistoryArchival{State: "disabled"},
			Visibility: config.VisibilityArchival{State: "disabled"},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: "disabled"},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: "disabled"},
		}},
		PublicClient: config.PublicClient{HostPort: frontend},
	}
}

// Quiet is a logger that drops everything.
type Quiet struct{}

func (Quiet) Debug(string, ...any) {}
func (Quiet) Info(string, ...any)  {}
func (Quiet) Warn(string, ...any)  {}
func (Quiet) Error(string, ...any) {}
