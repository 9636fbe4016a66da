// What the registry guard is measured beside: a registry's engine that does next to nothing, the reverse proxy of Go's standard
// library, and a client that reads as fast as it is sent.
//
//	beside engine MIB          serves one manifest, and each blob as that many MiB
//	beside proxy URL           passes everything on to URL
//	beside read URL COUNT      reads it so many times, and throws it away
//	beside steady URL RATE SECONDS
//	                           asks for it so often a second, each at its own time whether others were answered or not, and
//	                           says the 99th percentile of the answers' times in microseconds
//
// The first two say where they listen, on loopback.
package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

const manifest = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":` +
	`{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:` +
	`44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}`

func main() {
	switch os.Args[1] {
	case "engine":
		mebibytes, err := strconv.Atoi(os.Args[2])
		check(err)
		serve(engine(mebibytes))
	case "proxy":
		target, err := url.Parse(os.Args[2])
		check(err)
		serve(httputil.NewSingleHostReverseProxy(target))
	case "read":
		count, err := strconv.Atoi(os.Args[3])
		check(err)
		for range make([]struct{}, count) {
			read(os.Args[2])
		}
	case "steady":
		rate, err := strconv.Atoi(os.Args[3])
		check(err)
		seconds, err := strconv.Atoi(os.Args[4])
		check(err)
		fmt.Println(steady(os.Args[2], rate, seconds).Microseconds())
	}
}

func engine(mebibytes int) http.Handler {
	piece := make([]byte, 1<<20)
	for at := range piece {
		piece[at] = byte(at * 7)
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(manifest)))
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		header := response.Header()
		if strings.Contains(request.URL.Path, "/manifests/") {
			header.Set("Content-Type", "application/vnd.oci.image.manifest.v1+json")
			header.Set("Docker-Content-Digest", digest)
			header.Set("Content-Length", strconv.Itoa(len(manifest)))
			io.WriteString(response, manifest)
			return
		}
		if request.URL.Path == "/v2/" {
			io.WriteString(response, "{}")
			return
		}
		header.Set("Content-Type", "application/octet-stream")
		header.Set("Content-Length", strconv.Itoa(mebibytes<<20))
		for range make([]struct{}, mebibytes) {
			if _, err := response.Write(piece); err != nil {
				return
			}
		}
	})
}

func serve(handler http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr())
	check(http.Serve(listener, handler))
}

func read(from string) {
	response, err := http.Get(from)
	check(err)
	defer response.Body.Close()
	size, err := io.Copy(io.Discard, response.Body)
	check(err)
	if response.StatusCode != http.StatusOK || size != response.ContentLength {
		check(fmt.Errorf("%s, %d of %d bytes", response.Status, size, response.ContentLength))
	}
}

func steady(from string, rate int, seconds int) time.Duration {
	took := make([]time.Duration, rate*seconds)
	var all sync.WaitGroup
	// As many connections are kept as are ever in use at once.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = rate
	begin := time.Now()
	for at := range took {
		time.Sleep(time.Until(begin.Add(time.Duration(at) * time.Second / time.Duration(rate))))
		all.Add(1)
		go func() {
			defer all.Done()
			sent := time.Now()
			read(from)
			took[at] = time.Since(sent)
		}()
	}
	all.Wait()
	sort.Slice(took, func(a, b int) bool { return took[a] < took[b] })
	return took[len(took)*99/100]
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
