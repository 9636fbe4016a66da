// Reads programs as `go version -m` does, each behind its length, and answers a line of JSON for each.
package main

import (
	"bufio"
	"bytes"
	"debug/buildinfo"
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		program := make([]byte, length)
		if _, err := io.ReadFull(in, program); err != nil {
			os.Exit(1)
		}
		info, err := buildinfo.Read(bytes.NewReader(program))
		if err != nil {
			out.Encode(map[string]string{"refused": err.Error()})
			continue
		}
		modules := [][]string{}
		for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
			if module.Path == "" {
				continue
			}
			line := []string{module.Path, module.Version}
			if module.Replace != nil {
				line = append(line, module.Replace.Path, module.Replace.Version)
			}
			modules = append(modules, line)
		}
		out.Encode(modules)
	}
}
