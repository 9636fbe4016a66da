/** A jar within a jar within a war, 20,000 classes in all, made in memory. */
import { createHash } from "node:crypto";
import { type ZipEntry, zipOf } from "../src/formats/zip/zip.fixture.ts";

export const CLASSES = 20_000;
/** What a class of an ordinary library takes. */
const CLASS_BYTES = 2048;

/** The war's bytes; it names three packages, one a level. */
export function nestedJars(): Buffer {
  const inner = zipOf([...described("inner", "3.0.1"), ...classes("inner", CLASSES / 2)]);
  const outer = zipOf([
    ...described("outer", "2.0.1"),
    ...classes("outer", CLASSES / 4),
    { name: "lib/inner-3.0.1.jar", content: inner, stored: true },
  ]);
  return zipOf([
    ...described("shop", "1.0.1"),
    ...classes("WEB-INF/classes", CLASSES / 4),
    { name: "WEB-INF/lib/outer-2.0.1.jar", content: outer, stored: true },
  ]);
}

function described(name: string, version: string): ZipEntry[] {
  return [
    { name: "META-INF/MANIFEST.MF", content: `Manifest-Version: 1.0\r\nImplementation-Title: ${name}\r\n\r\n` },
    {
      name: `META-INF/maven/org.example/${name}/pom.properties`,
      content: `groupId=org.example\nartifactId=${name}\nversion=${version}\n`,
    },
  ];
}

/** Half of each is noise, so that it packs as bytecode does. */
function* classes(folder: string, count: number): Generator<ZipEntry> {
  for (let i = 0; i < count; i++) {
    const content = Buffer.alloc(CLASS_BYTES, "aload_0 invokespecial ");
    for (let at = 0; at < CLASS_BYTES / 2; at += 32)
      createHash("sha256").update(`${folder} ${i} ${at}`).digest().copy(content, at);
    yield { name: `${folder}/Class${i}.class`, content };
  }
}
