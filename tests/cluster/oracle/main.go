// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Command oracle lets OpenShift's own SCC admission code answer cases in the batch format of bin/scc-explain.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

const usage = `usage: oracle COMMAND [FLAG...]
  batch -sccs SCCS.json [CASES.jsonl]     answers, one JSON line a case
  canonical [RESULTS.jsonl]               the same lines with each pod as Kubernetes writes it
  default [SCCS]                          SCCs with OpenShift's defaults, as they are stored (see readAnySCCs)
  library                                 asks the library what admission never asks; fails where it answers otherwise
  list -sccs SCCS.json [CASES.jsonl]      which SCCs may be used, in order, and how restrictive they are
  exec -sccs SCCS.json [CASES.jsonl]      compares the exec plugin with Admit; prints counts
  speed -sccs SCCS.json -runs N [CASES.jsonl]   CPU seconds of N runs of Admit over all cases
  serve                                   requests and answers as JSON lines on stdin and stdout`

func main() {
	// The admission code warns about malformed SCCs, which are wanted here.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "oracle: %v\n", err)
		os.Exit(1)
	}
}

func run(command string, arguments []string) error {
	flags := flag.NewFlagSet(command, flag.ExitOnError)
	sccFile := flags.String("sccs", "", "file with the SCCs by id")
	runs := flags.Int("runs", 1, "how often all cases are run")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	in, err := input(flags.Arg(0))
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	switch command {
	case "canonical":
		return canonicalLines(in, out)
	case "default":
		return defaultSCCs(in, out)
	case "library":
		return checkLibrary(out)
	case "serve":
		return serve(in, out)
	}
	sccs, err := readSCCs(*sccFile)
	if err != nil {
		return err
	}
	switch command {
	case "batch":
		_, err := answerLines(sccs, in, out)
		return err
	case "list":
		return list(sccs, in, out)
	case "exec":
		return compareExec(sccs, in, out)
	case "speed":
		return measure(sccs, *runs, in, out)
	}
	return fmt.Errorf("unknown command %q\n%s", command, usage)
}

func input(name string) (io.ReadCloser, error) {
	if name == "" || name == "-" {
		return os.Stdin, nil
	}
	return os.Open(name)
}
