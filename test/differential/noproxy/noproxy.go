// Reads cases (a length in four octets, then NO_PROXY, a line end, and a URL) and says of each whether it is asked
// through the proxy: one line each.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return
		}
		bytes := make([]byte, size)
		if _, err := io.ReadFull(in, bytes); err != nil {
			return
		}
		fmt.Fprintln(out, answer(string(bytes)))
	}
}

func answer(text string) string {
	noProxy, address, found := strings.Cut(text, "\n")
	parsed, err := url.Parse(address)
	if !found || err != nil {
		return "refused"
	}
	config := httpproxy.Config{HTTPProxy: "http://p:1", HTTPSProxy: "http://p:1", NoProxy: noProxy}
	proxy, err := config.ProxyFunc()(parsed)
	if err != nil {
		return "refused"
	}
	if proxy == nil {
		return "direct"
	}
	return "proxy"
}
