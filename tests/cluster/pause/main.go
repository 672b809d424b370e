// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Command pause holds a pod's namespaces open. For tests of the cluster itself it also has a few small commands.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const requestTimeout = 5 * time.Second

func main() {
	if len(os.Args) < 2 {
		pause()
		return
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run executes one of: get URL, lookup NAME, serve ADDRESS, write PATH TEXT, id.
func run(command string, args []string) error {
	switch {
	case command == "get" && len(args) == 1:
		return get(args[0])
	case command == "id" && len(args) == 0:
		groups, err := os.Getgroups()
		fmt.Println(os.Getuid(), os.Getgid(), groups)
		return err
	case command == "lookup" && len(args) == 1:
		addresses, err := net.LookupHost(args[0])
		fmt.Println(addresses)
		return err
	case command == "serve" && len(args) == 1:
		go pause() // ends the process on SIGTERM
		return http.ListenAndServe(args[0], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintln(w, "served")
		}))
	case command == "write" && len(args) == 2:
		return os.WriteFile(args[0], []byte(args[1]), 0o644)
	}
	return fmt.Errorf("usage: pause [get URL | id | lookup NAME | serve ADDRESS | write PATH TEXT]")
}

func get(url string) error {
	client := http.Client{Timeout: requestTimeout}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}

// pause reaps orphans (it is process 1 where a pod shares its process namespace) and leaves when asked to.
func pause() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			os.Exit(0)
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != nil || pid <= 0 {
				break
			}
		}
	}
}
