// Reads Compose files as Compose does (compose-go), and says what each service is allowed. A case is four bytes of length
// (big-endian) and the file; an answer is a line of JSON: the services, or {"error": …}.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

type service struct {
	Name         string   `json:"name"`
	Privileged   bool     `json:"privileged"`
	ReadOnly     bool     `json:"readOnly"`
	User         string   `json:"user"`
	Namespaces   []string `json:"namespaces"`
	CapAdd       []string `json:"capAdd"`
	CapDrop      []string `json:"capDrop"`
	Options      []string `json:"options"`
	Volumes      []string `json:"volumes"`
	Devices      []string `json:"devices"`
	DeviceRules  []string `json:"deviceRules"`
	Sysctls      []string `json:"sysctls"`
	Ports        []string `json:"ports"`
	Files        []string `json:"files"`
	Image        string   `json:"image"`
	Build        []string `json:"build"`
	Hooks        []string `json:"hooks"`
	Groups       []string `json:"groups"`
	VolumesFrom  []string `json:"volumesFrom"`
}

func list(from []string) []string {
	out := append([]string{}, from...)
	sort.Strings(out)
	return out
}

func read(content []byte) (answer any) {
	defer func() {
		if r := recover(); r != nil {
			answer = map[string]string{"error": fmt.Sprint("panic: ", r)}
		}
	}()
	details := types.ConfigDetails{
		WorkingDir:  "/nowhere",
		ConfigFiles: []types.ConfigFile{{Filename: "/nowhere/compose.yaml", Content: content}},
		Environment: map[string]string{},
	}
	project, err := loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("p", true)
		o.ResolvePaths = false
		o.SkipConsistencyCheck = true
		o.SkipResolveEnvironment = true
		o.Profiles = []string{"*"}
	})
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	services := []service{}
	for name, s := range project.Services {
		services = append(services, describe(name, s, project))
	}
	sort.Slice(services, func(i, j int) bool { return services[i].Name < services[j].Name })
	return services
}

func describe(name string, s types.ServiceConfig, project *types.Project) service {
	out := service{Name: name, Privileged: s.Privileged, ReadOnly: s.ReadOnly, User: s.User, Image: s.Image}
	out.Namespaces = []string{s.NetworkMode, s.Pid, s.Ipc, s.Uts, s.Cgroup, s.UserNSMode}
	out.CapAdd, out.CapDrop, out.Options = list(s.CapAdd), list(s.CapDrop), list(s.SecurityOpt)
	out.DeviceRules, out.Groups, out.VolumesFrom = list(s.DeviceCgroupRules), list(s.GroupAdd), list(s.VolumesFrom)
	volumes := []string{}
	for _, v := range s.Volumes {
		options := ""
		if named, ok := project.Volumes[v.Source]; ok && v.Type == "volume" && (named.Driver == "" || named.Driver == "local") {
			device := named.DriverOpts["device"]
			if strings.HasPrefix(device, "/") {
				options = " " + device
			}
		}
		volumes = append(volumes, fmt.Sprintf("%s %s %s %v%s", v.Type, v.Source, v.Target, v.ReadOnly, options))
	}
	out.Volumes = list(volumes)
	devices := []string{}
	for _, d := range s.Devices {
		devices = append(devices, fmt.Sprintf("%s %s %s", d.Source, d.Target, d.Permissions))
	}
	out.Devices = list(devices)
	sysctls := []string{}
	for key, value := range s.Sysctls {
		sysctls = append(sysctls, key+"="+value)
	}
	out.Sysctls = list(sysctls)
	ports := []string{}
	for _, p := range s.Ports {
		published, _, _ := strings.Cut(p.Published, "-")
		ports = append(ports, fmt.Sprintf("%s:%s:%d/%s", p.HostIP, published, p.Target, p.Protocol))
	}
	out.Ports = list(ports)
	files := []string{}
	for _, c := range s.Configs {
		target := c.Target
		if target == "" {
			target = "/" + c.Source
		}
		files = append(files, fmt.Sprintf("configs %s %s %s", c.Source, project.Configs[c.Source].File, target))
	}
	for _, c := range s.Secrets {
		files = append(files, fmt.Sprintf("secrets %s %s %s", c.Source, project.Secrets[c.Source].File, c.Target))
	}
	out.Files = list(files)
	out.Build = []string{}
	if b := s.Build; b != nil && (b.Privileged || b.Network != "" || len(b.Entitlements) > 0) {
		out.Build = append([]string{fmt.Sprint(b.Privileged), b.Network}, list(b.Entitlements)...)
	}
	hooks := []string{}
	for _, h := range s.PostStart {
		hooks = append(hooks, fmt.Sprintf("post_start %s %v", h.User, h.Privileged))
	}
	for _, h := range s.PreStop {
		hooks = append(hooks, fmt.Sprintf("pre_stop %s %v", h.User, h.Privileged))
	}
	out.Hooks = list(hooks)
	return out
}

func main() {
	logrus.SetOutput(io.Discard)
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		var length [4]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return
		}
		content := make([]byte, binary.BigEndian.Uint32(length[:]))
		if _, err := io.ReadFull(in, content); err != nil {
			return
		}
		line, err := json.Marshal(read(content))
		if err != nil {
			panic(err)
		}
		out.Write(line)
		out.WriteByte('\n')
	}
}
