import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, type YAMLMap } from "yaml";
import { Problem } from "../../core/problem.ts";
import { libraryDocument } from "../../formats/yaml/library.ts";
import { bounds } from "./bounds.ts";
import { gatePipeline } from "./github/gate.ts";
import { readGithubFile } from "./github/read.ts";
import type { GateJob, Pipeline } from "./model.ts";

/**
 * Reads a workflow of GitHub Actions ("Workflow syntax for GitHub Actions") or a GitLab pipeline ("CI/CD YAML syntax
 * reference"): jobs and steps. What else is in it is left alone.
 *
 * @throws Problem `pipelines.broken`, kind input, with the line
 */
export function readPipeline(path: string, text: string, system: Pipeline["system"]): Pipeline {
  if (system === "github") {
    const file = readGithubFile(path, text);
    return file.kind === "workflow" ? gatePipeline(file) : { path, system, triggers: [], jobs: [] };
  }
  if (text.length > bounds.pipelineBytes) throw broken(path, `more than ${bounds.pipelineBytes} characters`);
  const lines = new LineCounter();
  // Else each error copies the line that it is in.
  const document = libraryDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document === undefined) throw broken(path, "nested too deeply");
  const [error] = document.errors;
  if (error !== undefined) {
    throw broken(`${path}:${lines.linePos(error.pos[0]).line}`, error.message.split("\n")[0] ?? "");
  }
  const reader = readerOf(document, lines, path);
  const root = reader.map(document.contents);
  if (root === undefined) throw broken(path, "not a mapping");
  return gitlabPipeline(path, root, reader);
}

type Reader = ReturnType<typeof readerOf>;

/** Looks behind aliases: each stands for what it names, which is not copied and so cannot grow. */
function readerOf(document: Document, lines: LineCounter, path: string) {
  const behind = (node: unknown): unknown =>
    typeof node === "object" && node !== null && "source" in node && "resolve" in node
      ? (node as { resolve(document: Document): Node | undefined }).resolve(document)
      : node;
  const map = (node: unknown): YAMLMap | undefined => {
    const found = behind(node);
    return isMap(found) ? found : undefined;
  };
  return {
    path,
    map,
    list(node: unknown): readonly unknown[] {
      const found = behind(node);
      return isSeq(found) ? found.items : [];
    },
    /** Text of a scalar, whatever its type; undefined of anything else. */
    text(node: unknown): string | undefined {
      const found = behind(node);
      return isScalar(found) && found.value !== null ? (found.source ?? String(found.value)) : undefined;
    },
    get(of: YAMLMap, key: string): unknown {
      return of.items.findLast((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
    },
    position(node: unknown): { line: number; column: number } {
      const start = (node as Node | undefined)?.range?.[0] ?? 0;
      const { line, col } = lines.linePos(start);
      return { line, column: col };
    },
  };
}

/** GitLab's keys that are no jobs. */
const GLOBAL = new Set(
  "default include stages variables workflow image services cache before_script after_script spec pages:deploy".split(
    " ",
  ),
);

function gitlabPipeline(path: string, root: YAMLMap, reader: Reader): Pipeline {
  const scripts = ["before_script", "script", "after_script"];
  return {
    path,
    system: "gitlab",
    triggers: [],
    jobs: pairsOf(root).flatMap(([key, value, at]): GateJob[] => {
      const job = reader.map(value);
      if (job === undefined || GLOBAL.has(key)) return [];
      const allowed = reader.get(job, "allow_failure");
      const steps = scripts.flatMap((script) => {
        const node = reader.get(job, script);
        const single = reader.text(node);
        const runs = single === undefined ? reader.list(node).flatMap((line) => scriptLines(line, reader)) : [single];
        if (runs.length === 0) return [];
        return [{ ...reader.position(node), name: script, with: {}, run: runs.join("\n"), mayFail: false }];
      });
      return [
        {
          name: key,
          line: reader.position(at).line,
          steps,
          // A list of exit codes that are allowed allows some of them to fail.
          mayFail: isTrue(reader.text(allowed)) || reader.map(allowed) !== undefined,
          disabled: key.startsWith(".") || reader.text(reader.get(job, "when")) === "never",
        },
      ];
    }),
  };
}

/** A script's list may hold lists, one level down in practice and here. */
function scriptLines(node: unknown, reader: Reader): string[] {
  const text = reader.text(node);
  return text === undefined ? reader.list(node).flatMap((line) => reader.text(line) ?? []) : [text];
}

function pairsOf(of: YAMLMap | undefined): [key: string, value: unknown, at: unknown][] {
  return (of?.items ?? []).flatMap((pair: Pair): [string, unknown, unknown][] =>
    isScalar(pair.key) ? [[String(pair.key.value), pair.value, pair.key]] : [],
  );
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(?:true|\$\{\{\s*true\s*\}\})$/i.test(text.trim());
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "pipelines.broken", place, cause });
}
