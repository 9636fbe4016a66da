/**
 * Made-up images of few layers over few names, so that layers meet: whiteouts, links, folders in the place of files. A
 * case is text, which can be made small: a line an entry (type, name, link, content), an empty line between layers.
 */
import { type FixtureEntry, tarOf } from "../../../src/engines/oci/image.fixture.ts";
import type { Random } from "../random.ts";

/** So that there is something to meet. */
const lowest = ["f", "g", "a/f", "a/g", "a/b/f", "b/f", "b/g", "b/b/f"].map((name, i) => `0|${name}||lowest ${i}`);

export function layersFrom(random: Random): Buffer {
  const layers = Array.from({ length: 1 + random.below(3) }, () =>
    Array.from({ length: 1 + random.below(4) }, () => {
      const { flag, name, link = "", content = "" } = entryFrom(random);
      return [flag, name, link, content].join("|");
    }),
  );
  return Buffer.from([lowest, ...layers].map((lines) => lines.join("\n")).join("\n\n"));
}

export function archivesOf(bytes: Buffer): Buffer[] {
  return bytes
    .toString()
    .split("\n\n")
    .map((lines) => {
      const entries = lines.split("\n").map((line): FixtureEntry => {
        const [flag = "", name = "", link = "", content = ""] = line.split("|");
        return { flag: flag.slice(0, 1), name, link, content };
      });
      return tarOf(entries.filter(({ flag, name }) => flag !== "" && name !== ""));
    });
}

const folders = ["", "a", "a", "b", "a/b", "a/b", "s"];
const names = ["f", "f", "g", "b", "s"];

function pathFrom(random: Random, name: string = random.pick(names)): string {
  const folder = random.pick(folders);
  return folder === "" ? name : `${folder}/${name}`;
}

function spelled(path: string, random: Random): string {
  if (!random.once(10)) return path;
  return random.pick([
    `./${path}`,
    `/${path}`,
    `../${path}`,
    `x/../${path}`,
    path.replace("/", "//"),
    path.replace("/", "/./"),
    `${path}/`,
  ]);
}

function entryFrom(random: Random): { name: string; flag: string; link?: string; content?: string } {
  switch (random.below(12)) {
    case 0:
    case 1:
      return { name: spelled(`${random.pick(["a", "b", "a/b", "s", "s/b"])}/`, random), flag: "5" };
    case 2:
    case 3: {
      const hidden = random.once(12)
        ? random.pick(["", ".", "..", ".wh.f", ".wh.x"])
        : random.pick(["f", "g", "a", "b", "s"]);
      return { name: spelled(pathFrom(random, `.wh.${hidden}`), random), flag: "0" };
    }
    case 4:
      return { name: spelled(pathFrom(random, ".wh..wh..opq"), random), flag: "0" };
    case 5:
      return {
        name: spelled(pathFrom(random, "s"), random),
        flag: "2",
        link: random.pick(["a", "/a", "b", "../a", "f", ".", "a/b", "none", "../../a"]),
      };
    case 6:
    case 7:
      return {
        name: spelled(pathFrom(random), random),
        flag: "1",
        link: spelled(random.pick(["f", "a/f", "b/g", "a/b/f", "s", "a/s", "s/f"]), random),
      };
    case 8:
      // Not a pipe: containers/storage opens what is in the way, and waits for ever for the other end of it.
      return random.once(3) ? { name: pathFrom(random), flag: "g" } : file(random);
    default:
      return file(random);
  }
}

function file(random: Random): { name: string; flag: string; content: string } {
  return { name: spelled(pathFrom(random), random), flag: "0", content: String(random.below(1000)) };
}
