/** How a detector is configured, by its words and its configuration: whether it can find anything, and tells of what it lost. */
import { isObject } from "../../core/untyped.ts";
import { yamlValue } from "../../formats/yaml/one-value.ts";
import { bounds } from "./bounds.ts";
import { type FalcoAnswer, falcoAnswers } from "./falco.ts";
import type { Product } from "./products.ts";

/** What is known of how it is started. */
export interface DetectorInput {
  /** Command and arguments. */
  readonly words: readonly string[];
  /** Its configuration's files by name: `falco.yaml`. Empty where none was found: it may have one of its own. */
  readonly files: ReadonlyMap<string, string>;
  /** Objects of the cluster that are its rules (TracingPolicy, KubeArmorPolicy); undefined where they were not all read. */
  readonly policies?: number;
}

export type Answer = FalcoAnswer;

export interface Answers {
  readonly rules: Answer;
  readonly losses: Answer;
}

export function settingsOf(product: Product, input: DetectorInput): Answers {
  switch (product.settings) {
    case "falco":
      return falcoAnswers(input.words, configurationOf(input.files, "falco.yaml"), input.files);
    case "bulkhead":
      return {
        rules: { answer: "yes", reason: "loads the rules of its policy, and ends where they cannot be loaded" },
        losses: { answer: "yes", reason: "tells each loss as an alert of its own" },
      };
    case "tetragon":
      return tetragonAnswers(input);
    case "kubearmor":
      return { rules: policiesAnswer(input, "KubeArmorPolicy"), losses: unknown(NOT_TOLD) };
    case "tracee":
      return {
        rules: unknown("which of its events are alerts its policies say, which are not read"),
        losses: unknown(NOT_TOLD),
      };
    default:
      return { rules: unknown(ELSEWHERE), losses: unknown(ELSEWHERE) };
  }
}

const ELSEWHERE = "its vendor's server has its configuration";
const NOT_TOLD = "nothing that was read says whether losses are told";

function unknown(reason: string): Answer {
  return { answer: "unknown", reason };
}

/** Its own file, with what lies in config.d over it, each key whole. Undefined where it was not found or cannot be read. */
function configurationOf(files: ReadonlyMap<string, string>, name: string) {
  const own = parsed(files.get(name));
  if (own === undefined) return undefined;
  const over = [...files].filter(([file]) => file.startsWith("config.d/")).map(([, text]) => parsed(text) ?? {});
  return Object.assign({}, own, ...over) as Readonly<Record<string, unknown>>;
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined || text.length > bounds.configurationText) return undefined;
  const value = yamlValue(text);
  return isObject(value) ? value : undefined;
}

/** Options of its ConfigMap are files by name, or flags: `--metrics-server=:2112`. */
function tetragonAnswers(input: DetectorInput): Answers {
  const option = (name: string): string | undefined => {
    const flag = input.words.find((word) => word.startsWith(`--${name}=`));
    return flag?.slice(name.length + 3) ?? input.files.get(name)?.trim();
  };
  const metrics = option("metrics-server");
  const losses: Answer =
    metrics === undefined
      ? unknown("its option metrics-server was not read")
      : metrics === ""
        ? { answer: "no", reason: "has no metrics-server, so that events it missed are counted nowhere" }
        : { answer: "yes", reason: `counts missed events in its metrics (${metrics})` };
  const inFiles = option("tracing-policy") ?? option("tracing-policy-dir");
  const rules =
    input.policies === 0 && inFiles !== undefined && inFiles !== ""
      ? unknown("its policies are files, which were not read")
      : policiesAnswer(input, "TracingPolicy");
  return { rules, losses };
}

function policiesAnswer({ policies }: DetectorInput, kind: string): Answer {
  if (policies === undefined) return unknown(`objects of kind ${kind} were not all read`);
  if (policies === 0) return { answer: "no", reason: `has no ${kind}, so that nothing is an alert` };
  return { answer: "yes", reason: `has ${policies} of kind ${kind}` };
}
