/**
 * Libraries whose flaws are the best known, by a class that each of their versions has: shaded into a jar without their
 * `pom.properties`, or in one that was renamed, nothing else shows them. A class tells which library it is, and never
 * which version.
 */
export interface Library {
  /** `group:artifact`. */
  readonly name: string;
  /** Artifacts that bring the class; a jar that states one of these states it by that. */
  readonly artifacts: readonly string[];
}

const KNOWN: readonly (readonly [path: string, name: string, ...others: readonly string[]])[] = [
  ["org/apache/logging/log4j/core/lookup/JndiLookup", "org.apache.logging.log4j:log4j-core"],
  ["org/apache/logging/log4j/core/LoggerContext", "org.apache.logging.log4j:log4j-core"],
  ["org/apache/log4j/net/SocketServer", "log4j:log4j", "reload4j"],
  ["org/apache/commons/collections/functors/InvokerTransformer", "commons-collections:commons-collections"],
  ["org/apache/commons/collections4/functors/InvokerTransformer", "org.apache.commons:commons-collections4"],
  ["org/apache/commons/text/StringSubstitutor", "org.apache.commons:commons-text"],
  ["org/apache/commons/fileupload/FileUpload", "commons-fileupload:commons-fileupload"],
  ["org/springframework/core/SpringVersion", "org.springframework:spring-core", "spring"],
  ["org/springframework/beans/CachedIntrospectionResults", "org.springframework:spring-beans", "spring"],
  ["org/apache/struts2/dispatcher/Dispatcher", "org.apache.struts:struts2-core"],
  ["com/fasterxml/jackson/databind/ObjectMapper", "com.fasterxml.jackson.core:jackson-databind"],
  ["org/yaml/snakeyaml/Yaml", "org.yaml:snakeyaml"],
  ["com/thoughtworks/xstream/XStream", "com.thoughtworks.xstream:xstream"],
  ["com/alibaba/fastjson/JSON", "com.alibaba:fastjson"],
  ["org/h2/Driver", "com.h2database:h2"],
];

/** By the class's own name, as its file is called, then by its whole path. */
const LIBRARIES: ReadonlyMap<string, readonly { readonly path: string; readonly library: Library }[]> = byClass();

function byClass() {
  const byName = new Map<string, Library>();
  const found = new Map<string, { readonly path: string; readonly library: Library }[]>();
  for (const [path, name, ...others] of KNOWN) {
    const library = byName.get(name) ?? { name, artifacts: [name.slice(name.indexOf(":") + 1), ...others] };
    byName.set(name, library);
    const file = `${path.slice(path.lastIndexOf("/") + 1)}.class`;
    found.set(file, [...(found.get(file) ?? []), { path: `${path}.class`, library }]);
  }
  return found;
}

/** The library that a class of this path is of; below another folder it was relocated, or is of an application's classes. */
export function libraryOf(path: string): Library | undefined {
  const candidates = LIBRARIES.get(path.slice(path.lastIndexOf("/") + 1));
  return candidates?.find((one) => path === one.path || path.endsWith(`/${one.path}`))?.library;
}
