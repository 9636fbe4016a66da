// Lists tar archives as Go's archive/tar reads them. Standard input: for each case its length (4 bytes, big-endian)
// and its bytes. Standard output: a line a case, a JSON array of entries or an object that says why there is none.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
)

type entry struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Link   string `json:"link"`
	Mode   int64  `json:"mode"`
	Owner  int    `json:"owner"`
	Sparse bool   `json:"sparse"`
	// Empty for what has no content, and for sparse files.
	Content string `json:"content"`
}

var types = map[byte]string{
	tar.TypeReg: "file", tar.TypeCont: "file", tar.TypeGNUSparse: "file",
	tar.TypeLink: "hardlink", tar.TypeSymlink: "symlink", tar.TypeDir: "directory",
}

func sparse(header *tar.Header) bool {
	if header.Typeflag == tar.TypeGNUSparse || header.Typeflag == tar.TypeXGlobalHeader {
		return header.Typeflag == tar.TypeGNUSparse
	}
	major, minor := header.PAXRecords["GNU.sparse.major"], header.PAXRecords["GNU.sparse.minor"]
	if major != "" || minor != "" {
		return major == "0" && (minor == "0" || minor == "1") || major == "1" && minor == "0"
	}
	return header.PAXRecords["GNU.sparse.map"] != ""
}

func list(archive []byte) any {
	entries := []entry{}
	reader := tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return entries
		}
		if err != nil {
			return map[string]string{"refused": err.Error()}
		}
		found := entry{
			Type: types[header.Typeflag], Name: hex.EncodeToString([]byte(header.Name)),
			Link: hex.EncodeToString([]byte(header.Linkname)), Mode: header.Mode & 07777, Sparse: sparse(header),
		}
		if found.Type == "" {
			found.Type = "other"
		}
		if found.Mode&04000 != 0 {
			found.Owner = header.Uid
		}
		if found.Type == "file" && !found.Sparse {
			sum := sha256.New()
			if _, err := io.Copy(sum, reader); err != nil {
				return map[string]string{"refused": err.Error()}
			}
			found.Content = hex.EncodeToString(sum.Sum(nil))
		}
		entries = append(entries, found)
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		archive := make([]byte, length)
		if _, err := io.ReadFull(in, archive); err != nil {
			panic(err)
		}
		if err := out.Encode(list(archive)); err != nil {
			panic(err)
		}
	}
}
