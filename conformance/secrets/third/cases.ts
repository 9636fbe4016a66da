/** The cases of `./tools.ts`: each marked line is one, and all of a file's have the file's text. */
import { type MadeCase, madeMarked } from "../case.ts";
import { toolNegatives, tools } from "./tools.ts";

const MARK = /«(.*?)»/;

export function toolCases(): MadeCase[] {
  const secrets = tools.flatMap(([file, text]) => {
    const content = text.replace(/[«»]/g, "");
    return text
      .split("\n")
      .flatMap((line, i) =>
        MARK.test(line) ? [{ kind: `tool/${file.split("/").at(-1)}`, file, content, line: i + 1, secret: true }] : [],
      );
  });
  return [...secrets, ...toolNegatives.map(([file, text]) => madeMarked("none/tool", file, text))];
}
