// Applies layers as containers/storage does (buildah, podman, skopeo, cri-o). Standard input: for each case its length
// (4 bytes, big-endian) and its bytes: layers, lowest first, each with a length of its own before it. Standard output:
// a line a case, the regular files of the tree with their content, or why it was refused.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chrootarchive"
	"github.com/containers/storage/pkg/reexec"
)

func framed(in io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(in, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	content := make([]byte, length)
	_, err := io.ReadFull(in, content)
	return content, err
}

func tree(layers []byte) (any, error) {
	root, err := os.MkdirTemp("", "layers-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(root)
	in := bytes.NewReader(layers)
	for {
		layer, err := framed(in)
		if err != nil {
			break
		}
		if _, err := chrootarchive.ApplyUncompressedLayer(root, bytes.NewReader(layer), &archive.TarOptions{}); err != nil {
			return nil, err
		}
	}
	files := map[string]string{}
	return map[string]any{"files": files}, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path[len(root)+1:]] = string(content)
		return err
	})
}

func main() {
	if reexec.Init() {
		return
	}
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		layers, err := framed(in)
		if err != nil {
			return
		}
		var read any
		if read, err = tree(layers); err != nil {
			read = map[string]string{"refused": err.Error()}
		}
		if err := out.Encode(read); err != nil {
			panic(err)
		}
	}
}
