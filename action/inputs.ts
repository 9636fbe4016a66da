/** The inputs of action.yml, as the runner hands them over: `INPUT_NAME`, upper case, blanks as `_`, hyphens kept. */
import { usageProblem } from "../src/core/problem.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Inputs {
  readonly path: string;
  readonly workingDirectory: string;
  /** Absent: the directory is checked. */
  readonly image?: string;
  /** What the dependencies of the directory are compared with; absent: all of it is checked. */
  readonly diff?: string;
  /** Each option of the command with the value that it has, in the command's own words. */
  readonly options: readonly string[];
  readonly formats: readonly string[];
  readonly args: readonly string[];
  readonly database?: DatabaseInputs;
  /** Absent: no comment. */
  readonly comment?: CommentInputs;
}

export interface DatabaseInputs {
  /** `oci://REGISTRY/REPOSITORY:TAG` */
  readonly source: string;
  readonly publicKey: string;
  /** Days, as written: the command checks it. */
  readonly maxAge: string;
  readonly bundle?: string;
}

export interface CommentInputs {
  readonly token: string;
  readonly author: string;
}

/** Inputs that are options of the command under the same name. */
const OPTIONS = ["policy", "baseline", "write-baseline", "fail-on"] as const;

/** @throws Problem (usage) for a value that an input does not take */
export function readInputs(environment: Environment): Inputs {
  const input = (name: string): string =>
    (environment[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
  const image = input("image");
  const diff = input("diff");
  if (image !== "" && diff !== "") {
    throw usageProblem("inputs image and diff", "a change is reviewed of a directory", "leave out one of them");
  }
  const comment = input("comment");
  if (comment !== "" && comment !== "true" && comment !== "false") {
    throw usageProblem(`input comment: ${comment}`, "unknown value", "true or false");
  }
  const token = input("token");
  if (comment === "true" && token === "") {
    throw usageProblem("input token", "a comment needs a token", "leave the input at its default");
  }
  const database = databaseOf(input);
  return {
    path: operand("path", input("path") || "."),
    workingDirectory: input("working-directory") || ".",
    ...(image === "" ? {} : { image: operand("image", image) }),
    ...(diff === "" ? {} : { diff }),
    // One word each, so that a value cannot become an option.
    options: OPTIONS.flatMap((name) => (input(name) === "" ? [] : [`--${name}=${input(name)}`])),
    formats: lines(input("format")),
    args: lines(input("args")),
    ...(database === undefined ? {} : { database }),
    ...(comment === "true" ? { comment: { token, author: input("comment-author") } } : {}),
  };
}

function databaseOf(input: (name: string) => string): DatabaseInputs | undefined {
  const source = input("database");
  if (source === "") return undefined;
  const publicKey = input("database-public-key");
  if (publicKey === "") {
    const cause = "no public key is given";
    throw usageProblem(
      `input database: ${source}`,
      cause,
      "set database-public-key: a database is used only if its signature is valid",
    );
  }
  const bundle = input("database-bundle");
  return {
    source: operand("database", source),
    publicKey,
    maxAge: input("database-max-age") || "7",
    ...(bundle === "" ? {} : { bundle }),
  };
}

/** @throws Problem (usage) for what the command would read as an option */
function operand(name: string, value: string): string {
  if (value.startsWith("-"))
    throw usageProblem(`input ${name}: ${value}`, "the value begins with -", "use args for options");
  return value;
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
