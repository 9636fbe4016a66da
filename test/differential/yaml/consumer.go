// Reads a stream of manifests as kubectl's resource builder does: k8s.io/apimachinery's YAMLOrJSONDecoder over
// sigs.k8s.io/yaml. Cases come on standard input, each with its length in four bytes before it; an answer is a line:
// "v" and the documents, or "r" and why nothing is taken.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strings"
	"unicode"
	"unicode/utf16"

	"sigs.k8s.io/yaml"
)

// What the decoder looks at to tell JSON from YAML.
const peeked = 4096

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		data := make([]byte, length)
		if _, err := io.ReadFull(in, data); err != nil {
			panic(err)
		}
		documents, err := read(data)
		if err != nil && len(documents) == 0 {
			fmt.Fprintf(out, "r %s\n", strings.Join(strings.Fields(err.Error()), " "))
			continue
		}
		// What comes before an error is created.
		if err != nil {
			documents = append(documents, "!")
		}
		fmt.Fprintf(out, "v %s\n", strings.Join(documents, " "))
	}
}

func read(data []byte) ([]string, error) {
	beginning := data[:min(len(data), peeked)]
	if bytes.HasPrefix(bytes.TrimLeftFunc(beginning, unicode.IsSpace), []byte("{")) {
		return readJSON(data)
	}
	return readYAML(data)
}

func readJSON(data []byte) (documents []string, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err == io.EOF {
			return documents, nil
		} else if err != nil {
			return documents, err
		}
		if documents, err = taken(documents, raw); err != nil {
			return documents, err
		}
	}
}

func readYAML(data []byte) (documents []string, err error) {
	lines := bufio.NewReader(bytes.NewReader(data))
	var held bytes.Buffer
	take := func() error {
		raw, err := yaml.YAMLToJSON(held.Bytes())
		held.Reset()
		if err != nil {
			return err
		}
		documents, err = taken(documents, raw)
		return err
	}
	for {
		line, err := wholeLine(lines)
		if err == io.EOF {
			if held.Len() == 0 {
				return documents, nil
			}
			return documents, take()
		}
		if rest, is := strings.CutPrefix(line, "---"); is {
			rest = strings.TrimSpace(rest)
			if rest != "" && rest[0] != '#' {
				return documents, errors.New("invalid document separator")
			}
			if held.Len() > 0 {
				if err := take(); err != nil {
					return documents, err
				}
				continue
			}
		}
		held.WriteString(line)
	}
}

func wholeLine(lines *bufio.Reader) (string, error) {
	var whole bytes.Buffer
	for {
		part, more, err := lines.ReadLine()
		if err != nil {
			return "", err
		}
		whole.Write(part)
		if !more {
			whole.WriteByte('\n')
			return whole.String(), nil
		}
	}
}

func taken(documents []string, raw []byte) ([]string, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return documents, nil
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return documents, err
	}
	var text strings.Builder
	canonical(&text, value)
	return append(documents, text.String()), nil
}

// Sorted keys, the bits of numbers, and UTF-16 units, so that both sides write alike.
func canonical(out *strings.Builder, value any) {
	switch value := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		fmt.Fprint(out, value)
	case float64:
		if value == 0 {
			value = 0 // A zero has no sign.
		}
		fmt.Fprintf(out, "#%016x", math.Float64bits(value))
	case string:
		quoted(out, value)
	case []any:
		out.WriteByte('[')
		for index, item := range value {
			if index > 0 {
				out.WriteByte(',')
			}
			canonical(out, item)
		}
		out.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			var written strings.Builder
			quoted(&written, key)
			keys = append(keys, written.String()+"\x00"+key)
		}
		sort.Strings(keys)
		out.WriteByte('{')
		for index, key := range keys {
			written, name, _ := strings.Cut(key, "\x00")
			if index > 0 {
				out.WriteByte(',')
			}
			out.WriteString(written + ":")
			canonical(out, value[name])
		}
		out.WriteByte('}')
	}
}

func quoted(out *strings.Builder, text string) {
	out.WriteByte('"')
	for _, unit := range utf16.Encode([]rune(text)) {
		if unit > 0x20 && unit < 0x7f && unit != '"' && unit != '\\' {
			out.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(out, "\\u%04x", unit)
		}
	}
	out.WriteByte('"')
}
