// Reads Dockerfiles with BuildKit's own parser, and evaluates their stages as its converter does: without build
// arguments, and with base images that set nothing. Cases come length-prefixed on standard input, answers go out as
// lines of JSON: {"value": [[…], …]} or {"refused": "why"}.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type answer struct {
	Value   [][]string `json:"value,omitempty"`
	Refused string     `json:"refused,omitempty"`
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	// The lexer's scanner says what it does not like.
	os.Stderr, _ = os.Open(os.DevNull)
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return
		}
		bytes := make([]byte, size)
		if _, err := io.ReadFull(in, bytes); err != nil {
			panic(err)
		}
		out.Encode(read(bytes))
	}
}

func read(dockerfile []byte) (result answer) {
	defer func() {
		if failure := recover(); failure != nil {
			result = answer{Refused: fmt.Sprint("panic: ", failure)}
		}
	}()
	value, err := evaluate(dockerfile)
	if err != nil {
		return answer{Refused: err.Error()}
	}
	return answer{Value: value}
}

type state struct {
	index   int
	name    string
	env     map[string]string
	config  map[string]string
	user    string
	onbuild []string
}

func evaluate(dockerfile []byte) (lines [][]string, err error) {
	parsed, err := parser.Parse(bytes.NewReader(dockerfile))
	if err != nil {
		return nil, err
	}
	lines = append(lines, []string{"escape", string(parsed.EscapeToken)})
	for _, node := range parsed.AST.Children {
		lines = append(lines, shape(node))
	}
	stages, metaArgs, err := instructions.Parse(parsed.AST)
	if err != nil {
		return nil, err
	}
	lex := shell.NewLex(parsed.EscapeToken)
	platform := map[string]string{}
	for _, side := range []string{"BUILD", "TARGET"} {
		for name, value := range map[string]string{"PLATFORM": "linux/amd64", "OS": "linux", "ARCH": "amd64", "VARIANT": ""} {
			platform[side+name] = value
		}
	}
	globals := map[string]*string{}
	asText := map[string]string{}
	for name, value := range platform {
		own := value
		globals[name] = &own
		asText[name] = value
	}
	for _, command := range metaArgs {
		for _, arg := range command.Args {
			var value *string
			if arg.Value != nil {
				expanded, _ := lex.ProcessWordWithMap(*arg.Value, asText)
				value = &expanded
			}
			globals[arg.Key] = value
			asText[arg.Key] = ""
			if value != nil {
				asText[arg.Key] = *value
			}
		}
	}
	byName := map[string]*state{}
	var states []*state
	bases := make([]*state, len(stages))
	for index, stage := range stages {
		base, err := lex.ProcessWordWithMap(stage.BaseName, asText)
		if err != nil {
			return nil, err
		}
		if base == "" {
			return nil, fmt.Errorf("base name should not be blank")
		}
		if _, err := lex.ProcessWordWithMap(stage.Platform, asText); err != nil {
			return nil, err
		}
		stages[index].BaseName = base
		own := &state{index: index, name: stage.Name, env: map[string]string{}, config: map[string]string{}}
		bases[index] = byName[base]
		if bases[index] == nil && base != "scratch" {
			if _, err := reference.ParseNormalizedNamed(base); err != nil {
				return nil, err
			}
		}
		states = append(states, own)
		if stage.Name != "" {
			byName[strings.ToLower(stage.Name)] = own
		}
	}
	for index, stage := range stages {
		own := states[index]
		origin := "image " + stage.BaseName
		if base := bases[index]; base != nil {
			origin = fmt.Sprint("stage ", base.index)
			for name, value := range base.env {
				own.env[name] = value
			}
			for name, value := range base.config {
				own.config[name] = value
			}
			own.user = base.user
			own.onbuild = base.onbuild
		} else if stage.BaseName == "scratch" {
			origin = "scratch"
		}
		for name, value := range own.config {
			own.env[name] = value
		}
		lines = append(lines, []string{"stage", origin, stage.Name})
		triggers := own.onbuild
		own.onbuild = nil
		for _, trigger := range triggers {
			ast, err := parser.Parse(strings.NewReader(trigger))
			if err != nil {
				return nil, err
			}
			if len(ast.AST.Children) != 1 {
				return nil, fmt.Errorf("onbuild trigger should be a single expression")
			}
			command, err := instructions.ParseCommand(ast.AST.Children[0])
			if err != nil {
				return nil, err
			}
			line, err := dispatch(own, command, lex, globals, states, byName)
			if err != nil {
				return nil, err
			}
			lines = append(lines, append([]string{"triggered"}, line...))
		}
		for _, command := range stage.Commands {
			line, err := dispatch(own, command, lex, globals, states, byName)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
		lines = append(lines, []string{"user", own.user})
	}
	return lines, nil
}

// What the parser alone sees.
func shape(node *parser.Node) []string {
	line := []string{"instruction", strings.ToLower(node.Value), fmt.Sprint(node.StartLine)}
	for _, flag := range node.Flags {
		if flag == "--" {
			continue
		}
		name, _, _ := strings.Cut(flag, "=")
		line = append(line, name)
	}
	for _, heredoc := range node.Heredocs {
		line = append(line, "<<", heredoc.Name, fmt.Sprint(heredoc.Chomp), fmt.Sprint(heredoc.Expand), heredoc.Content)
	}
	return line
}

func dispatch(own *state, command instructions.Command, lex *shell.Lex, globals map[string]*string, states []*state, byName map[string]*state) ([]string, error) {
	if expands, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		if err := expands.Expand(func(word string) (string, error) { return lex.ProcessWordWithMap(word, own.env) }); err != nil {
			return nil, err
		}
	}
	switch c := command.(type) {
	case *instructions.EnvCommand:
		line := []string{"env"}
		for _, pair := range c.Env {
			own.env[pair.Key] = pair.Value
			own.config[pair.Key] = pair.Value
			line = append(line, pair.Key, pair.Value)
		}
		return line, nil
	case *instructions.ArgCommand:
		line := []string{"arg"}
		for _, arg := range c.Args {
			line = append(line, arg.Key)
			value := arg.Value
			if value != nil {
				line = append(line, "="+*value)
			} else {
				value = globals[arg.Key]
			}
			if value != nil {
				own.env[arg.Key] = *value
			}
		}
		return line, nil
	case *instructions.LabelCommand:
		line := []string{"label"}
		for _, pair := range c.Labels {
			line = append(line, pair.Key, pair.Value)
		}
		return line, nil
	case *instructions.UserCommand:
		own.user = c.User
		return []string{"user", c.User}, nil
	case *instructions.WorkdirCommand:
		return []string{"workdir", c.Path}, nil
	case *instructions.StopSignalCommand:
		return []string{"stopsignal", c.Signal}, nil
	case *instructions.MaintainerCommand:
		return []string{"maintainer"}, nil
	case *instructions.VolumeCommand:
		return append([]string{"volume"}, c.Volumes...), nil
	case *instructions.ExposeCommand:
		line := []string{"expose"}
		for _, port := range c.Ports {
			words, err := lex.ProcessWordsWithMap(port, own.env)
			if err != nil {
				return nil, err
			}
			line = append(line, words...)
		}
		sort.Strings(line[1:])
		return line, nil
	case *instructions.CopyCommand:
		from := ""
		if c.From != "" {
			if c.From == own.name {
				return nil, fmt.Errorf("a stage that copies from itself")
			}
			from = "image " + c.From
			if index, err := strconv.Atoi(c.From); err == nil {
				if index < 0 || index >= len(states) {
					return nil, fmt.Errorf("invalid stage index %d", index)
				}
				if index == own.index {
					return nil, fmt.Errorf("a stage that copies from itself")
				}
				from = fmt.Sprint("stage ", index)
			} else if other := byName[strings.ToLower(c.From)]; other != nil {
				from = fmt.Sprint("stage ", other.index)
			}
		}
		return append(append([]string{"copy", from}, c.SourcePaths...), c.DestPath), nil
	case *instructions.AddCommand:
		return append(append([]string{"add", ""}, c.SourcePaths...), c.DestPath), nil
	case *instructions.RunCommand:
		return append([]string{"run", fmt.Sprint(!c.PrependShell)}, c.CmdLine...), nil
	case *instructions.CmdCommand:
		return append([]string{"cmd", fmt.Sprint(!c.PrependShell)}, c.CmdLine...), nil
	case *instructions.EntrypointCommand:
		return append([]string{"entrypoint", fmt.Sprint(!c.PrependShell)}, c.CmdLine...), nil
	case *instructions.HealthCheckCommand:
		return append([]string{"healthcheck"}, c.Health.Test...), nil
	case *instructions.ShellCommand:
		return append([]string{"shell"}, c.Shell...), nil
	case *instructions.OnbuildCommand:
		own.onbuild = append(own.onbuild[:len(own.onbuild):len(own.onbuild)], c.Expression)
		return []string{"onbuild"}, nil
	}
	return nil, fmt.Errorf("%T", command)
}
