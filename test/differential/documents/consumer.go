// Reads documents of images as Go's encoding/json does with the types of the OCI image specification. Standard input:
// for each case its length (4 bytes, big-endian) and its bytes, of which the first says what it is: c, m or i.
// Standard output: a line a case, what was read or why nothing was.
package main

import (
	"bufio"
	_ "crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
)

func described(descriptor v1.Descriptor) (any, error) {
	if err := descriptor.Digest.Validate(); err != nil {
		return nil, err
	}
	if descriptor.Size < 0 {
		return nil, errors.New("negative size")
	}
	var platform any
	if p := descriptor.Platform; p != nil {
		platform = []string{p.OS, p.Architecture, p.Variant, p.OSVersion}
	}
	return []any{descriptor.MediaType, descriptor.Digest, descriptor.Size, platform, texts(descriptor.Annotations)}, nil
}

func all(descriptors []v1.Descriptor) (any, error) {
	list := []any{}
	for _, descriptor := range descriptors {
		one, err := described(descriptor)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

func texts(from map[string]string) map[string]string {
	if from == nil {
		return map[string]string{}
	}
	return from
}

func keys(from map[string]struct{}) map[string]struct{} {
	if from == nil {
		return map[string]struct{}{}
	}
	return from
}

func list(from []string) []string {
	if from == nil {
		return []string{}
	}
	return from
}

func index(document []byte) (any, error) {
	var index v1.Index
	if err := json.Unmarshal(document, &index); err != nil {
		return nil, err
	}
	if index.Manifests == nil {
		return nil, errors.New("no manifests")
	}
	manifests, err := all(index.Manifests)
	return []any{"index", manifests}, err
}

func manifest(document []byte) (any, error) {
	var manifest v1.Manifest
	if err := json.Unmarshal(document, &manifest); err != nil {
		return nil, err
	}
	if manifest.Layers == nil {
		return nil, errors.New("no layers")
	}
	config, err := described(manifest.Config)
	if err != nil {
		return nil, err
	}
	layers, err := all(manifest.Layers)
	return []any{"manifest", config, layers, texts(manifest.Annotations)}, err
}

func image(document []byte) (any, error) {
	var image v1.Image
	if err := json.Unmarshal(document, &image); err != nil {
		return nil, err
	}
	if image.RootFS.DiffIDs == nil {
		return nil, errors.New("no diff_ids")
	}
	for _, diffID := range image.RootFS.DiffIDs {
		if err := diffID.Validate(); err != nil {
			return nil, err
		}
	}
	history := []any{}
	for _, step := range image.History {
		history = append(history, []any{step.CreatedBy, step.Comment, step.EmptyLayer})
	}
	config := image.Config
	return []any{
		image.OS, image.Architecture, image.Variant, image.OSVersion,
		config.User, list(config.Env), list(config.Entrypoint), list(config.Cmd), texts(config.Labels),
		keys(config.ExposedPorts), keys(config.Volumes), config.WorkingDir, image.RootFS.DiffIDs, history,
	}, nil
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	readers := map[byte]func([]byte) (any, error){'c': image, 'm': manifest, 'i': index}
	for {
		var length uint32
		if binary.Read(in, binary.BigEndian, &length) != nil {
			return
		}
		bytes := make([]byte, length)
		if _, err := io.ReadFull(in, bytes); err != nil {
			panic(err)
		}
		var read any
		err := errors.New("no kind")
		if length > 0 && readers[bytes[0]] != nil {
			read, err = readers[bytes[0]](bytes[1:])
		}
		if err != nil {
			read = map[string]string{"refused": err.Error()}
		}
		if err := out.Encode(read); err != nil {
			panic(err)
		}
	}
}
