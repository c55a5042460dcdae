package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// fleet is the processes.
type fleet struct {
	ctx       context.Context
	dir       string // of the programs
	address   string // of the server
	began     time.Time
	processes []*process

	lock sync.Mutex // of the output
}

// process is a worker or a caller.
type process struct {
	fleet *fleet
	name  string
	cmd   *exec.Cmd
	lines chan string // what it has printed, until its end
}

// start starts a program.
func (f *fleet) start(name, program string) (*process, error) {
	p := &process{fleet: f, name: name, cmd: exec.CommandContext(f.ctx, filepath.Join(f.dir, program)), lines: make(chan string, 100)}
	p.cmd.Env = append(os.Environ(), "TEMPORAL_ADDRESS="+f.address)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	f.processes = append(f.processes, p)
	f.say(name, "is started")
	go func() {
		defer close(p.lines)
		for text := bufio.NewScanner(out); text.Scan(); {
			f.say(name, text.Text())
			p.lines <- text.Text()
		}
	}()
	return p, nil
}

// await waits until the process prints a line that begins with a word.
func (p *process) await(word string) error {
	for line := range p.lines {
		if strings.HasPrefix(line, word) {
			return nil
		}
	}
	return fmt.Errorf("%s has ended without %q: %w", p.name, word, p.cmd.Wait())
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	if p.cmd.Process.Kill() == nil {
		_ = p.cmd.Wait() // It was killed.
	}
}

func (f *fleet) killAll() {
	for _, p := range f.processes {
		p.kill()
	}
}
