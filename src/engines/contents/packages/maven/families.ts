/**
 * Families of libraries whose jars carry no `pom.properties`, for they are not built with Maven, and whose artifacts
 * are named so that the group follows. The classes must be in the family's own package as well.
 */
interface Family {
  readonly artifacts: RegExp;
  readonly group: string;
  readonly folder: string;
}

const SPRING = "org/springframework";
const springProjects = ["boot", "security", "data", "cloud", "integration", "session", "batch", "kafka", "ldap"];

const families: readonly Family[] = [
  ...springProjects.map((project) => ({
    artifacts: new RegExp(`^spring-${project}(?:-|$)`),
    group: `org.springframework.${project}`,
    folder: SPRING,
  })),
  { artifacts: /^spring-(?:amqp|rabbit)(?:-|$)/, group: "org.springframework.amqp", folder: SPRING },
  { artifacts: /^spring-(?:ws-[a-z]+|xml)$/, group: "org.springframework.ws", folder: SPRING },
  {
    artifacts:
      /^spring-(?:aop|aspects|beans|context(?:-support|-indexer)?|core|expression|instrument|jcl|jdbc|jms|messaging|orm|oxm|r2dbc|test|tx|web|webflux|webmvc|websocket)$/,
    group: "org.springframework",
    folder: SPRING,
  },
  { artifacts: /^tomcat-embed-[a-z]+$/, group: "org.apache.tomcat.embed", folder: "org/apache" },
  {
    artifacts: /^tomcat-(?:api|catalina|coyote|dbcp|jasper|jdbc|juli|util|util-scan|websocket)$/,
    group: "org.apache.tomcat",
    folder: "org/apache",
  },
  { artifacts: /^kotlin-(?:stdlib|reflect|script)[a-z\d-]*$/, group: "org.jetbrains.kotlin", folder: "kotlin" },
  { artifacts: /^kotlinx-[a-z\d-]+$/, group: "org.jetbrains.kotlinx", folder: "kotlinx" },
  {
    artifacts: /^(?:okhttp|okhttp-[a-z-]+|logging-interceptor|mockwebserver)$/,
    group: "com.squareup.okhttp3",
    folder: "okhttp3",
  },
  { artifacts: /^okio(?:-jvm)?$/, group: "com.squareup.okio", folder: "okio" },
  {
    artifacts: /^(?:retrofit|converter-[a-z\d]+|adapter-[a-z\d]+)$/,
    group: "com.squareup.retrofit2",
    folder: "retrofit2",
  },
  { artifacts: /^grpc-[a-z\d-]+$/, group: "io.grpc", folder: "io/grpc" },
  { artifacts: /^micrometer-[a-z\d-]+$/, group: "io.micrometer", folder: "io/micrometer" },
  {
    artifacts: /^micronaut-(?:core|http|inject|aop|runtime|router|websocket)[a-z\d-]*$/,
    group: "io.micronaut",
    folder: "io/micronaut",
  },
  { artifacts: /^reactor-netty(?:-[a-z]+)?$/, group: "io.projectreactor.netty", folder: "reactor/netty" },
  { artifacts: /^reactor-core$/, group: "io.projectreactor", folder: "reactor/core" },
  {
    artifacts: /^bc(?:prov|pkix|pg|mail|tls|util)(?:-ext|-debug)?-jdk\d+(?:on|to\d+)?$/,
    group: "org.bouncycastle",
    folder: "org/bouncycastle",
  },
  { artifacts: /^h2$/, group: "com.h2database", folder: "org/h2" },
];

export function groupOfFamily(artifact: string, folders: ReadonlySet<string>): string | undefined {
  return families.find(
    (family) =>
      family.artifacts.test(artifact) &&
      (folders.has(family.folder) || [...folders].some((folder) => folder.startsWith(`${family.folder}/`))),
  )?.group;
}
