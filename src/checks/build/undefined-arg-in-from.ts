import type { Dockerfile, Word } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";

/** What BuildKit sets in FROM by itself (Dockerfile reference, "Automatic platform ARGs in the global scope"). */
const AUTOMATIC = /^(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$|^TARGETSTAGE$/;

/** ARGs before the first FROM, with their defaults. */
function globalArguments({ instructions }: Dockerfile): Map<string, Word | undefined> {
  const found = new Map<string, Word | undefined>();
  for (const instruction of instructions) {
    if (instruction.keyword !== "ARG" || instruction.stage !== undefined) continue;
    for (const { name, value } of instruction.pairs) found.set(name.text, value);
  }
  return found;
}

/** Names without their braces' modifiers: `${X:-y}` has a default of its own. */
function plainVariables({ text, variables }: Word): string[] {
  const modified = new Set([...text.matchAll(/\$\{(\w+)[^}\w]/g)].map(([, name]) => name));
  return variables.filter((name) => !modified.has(name));
}

/** What is left of an image's name where nobody gives what has no default. */
function withDefaults({ text }: Word, defaults: ReadonlyMap<string, Word | undefined>): string | undefined {
  if (/\$\{\w+[^}\w]/.test(text)) return undefined;
  let open = false;
  const left = text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const value = defaults.get(braced ?? bare ?? "");
    if (value === undefined) return "";
    if (value.value === undefined) open = true;
    return value.value ?? "x";
  });
  return open ? undefined : left;
}

/** Variables of FROM that nothing sets (Docker's build checks UndefinedArgInFrom and InvalidDefaultArgInFrom). */
export const undefinedArgInFrom = dockerfileCheck({
  name: "undefined-arg-in-from",
  title: "Undefined ARG in FROM",
  severity: "low",
  documentation: {
    what: "Checks the variables of `FROM`. One that no `ARG` before the first `FROM` declares is reported, and so is one without a default, where the image then has no valid name. Not reported: variables with a default of their own and those of the platform.",
    why: "An `ARG` of a stage does not count in `FROM`, and nor does a name with a typing error: the variable is empty. Whether the build then fails, or takes another image than the one that was meant, depends on what stands around it.",
    fix: "Declare it before the first `FROM`, with a default that builds: `ARG TAG=13`.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact",
      "https://docs.docker.com/reference/build-checks/undefined-arg-in-from/",
      "https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const declared = globalArguments(dockerfile);
    for (const { from, index } of dockerfile.stages) {
      const { image, platform } = from;
      let undeclared = false;
      for (const word of platform === undefined ? [image] : [image, platform]) {
        for (const name of new Set(plainVariables(word))) {
          if (declared.has(name) || AUTOMATIC.test(name)) continue;
          undeclared = true;
          yield {
            subject: `FROM $${name}`,
            title: `ARG ${name} is not declared before the first FROM`,
            range: word.range,
            stage: index,
            severity: "medium",
            fix: `declare the argument before the first FROM: ARG ${name}=…`,
          };
        }
      }
      if (undeclared || image.variables.length === 0) continue;
      const left = withDefaults(image, declared);
      if (left === undefined || !/^$|^[:/@]|[:/@]$|\/\/|:@|\/:/.test(left)) continue;
      yield {
        subject: `FROM ${image.text}`,
        title: `${image.text} is not an image name without build arguments`,
        range: image.range,
        stage: index,
        fix: "set a default for the ARG",
      };
    }
  },
});
