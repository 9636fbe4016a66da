/** Snyk's JSON of `snyk container test` and `snyk test`: one project, or a list of them. */
import { append } from "../../core/append.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import {
  addressesOf,
  broken,
  digestIn,
  lineOf,
  nameAt,
  namesAt,
  noCounts,
  objectAt,
  objectsAt,
  type Placed,
  requiredName,
  type Source,
  tally,
  unsupported,
} from "./document.ts";
import type { ReportedFlaw, ReportedSubject, ReportedTarget, ScannerReport } from "./model.ts";
import { packageOf } from "./packages.ts";
import { pathInImage, pathWithin } from "./paths.ts";
import { severityOfWord } from "./severity.ts";

export function isSnyk(root: unknown): boolean {
  if (Array.isArray(root)) return root.length > 0 && root.every((each) => isObject(each) && isProject(each));
  return isObject(root) && isProject(root);
}

/** What failed has an error in the place of its vulnerabilities; its applications stand within an image. */
function isProject(item: Untyped): boolean {
  const isNamed = "packageManager" in item || "projectName" in item || "path" in item;
  return isNamed && ("vulnerabilities" in item || ("ok" in item && "error" in item));
}

/** @throws Problem where it is broken, or of a test that failed */
export function readSnyk(root: unknown, source: Source): ScannerReport {
  const listed = Array.isArray(root);
  const projects: Placed<Untyped>[] = [];
  const add = (project: Placed<Untyped>): void => {
    projects.push(project);
    const own = project.at === "" ? "applications" : `${project.at}.applications`;
    append(
      projects,
      objectsAt(source, project.value.applications, own).map((each) => withImage(each, project)),
    );
  };
  if (listed) for (const project of objectsAt(source, root, "")) add(project);
  else add({ value: objectAt(source, root, ""), at: "" });
  const unread = noCounts();
  return {
    place: source.path,
    format: "Snyk JSON",
    tool: { name: "Snyk" },
    targets: projects.map((project) => targetOf(project, source, unread)),
    unread,
  };
}

/** An application in an image says of which image it is by standing in it. */
function withImage({ value, at }: Placed<Untyped>, { value: image }: Placed<Untyped>): Placed<Untyped> {
  return { value: { docker: image.docker, path: image.path, ...value }, at };
}

function targetOf(
  { value: project, at }: Placed<Untyped>,
  source: Source,
  unread: Record<string, number>,
): ReportedTarget {
  const of = (key: string): string => (at === "" ? key : `${at}.${key}`);
  if (project.error !== undefined && project.vulnerabilities === undefined) {
    throw unsupported(source, of("error"), `the test failed: ${lineOf(project.error) ?? "no reason"}`, "test again");
  }
  const subject = subjectOf(project, of, source);
  const file = nameAt(source, project.displayTargetFile ?? project.targetFile, of("targetFile"));
  const path = file === undefined ? undefined : subject.kind === "image" ? pathInImage(file) : pathWithin(file);
  const type = nameAt(source, project.packageManager, of("packageManager"));
  const suppressed = noCounts();
  const flaws = new Map<string, ReportedFlaw>();
  for (const item of objectsAt(source, project.vulnerabilities, of("vulnerabilities"))) {
    if (item.value.type === "license") tally(unread, "licenses");
    else if (isIgnored(item.value)) tally(suppressed, "ignored");
    else {
      const flaw = flawOf(item, { type, path }, source);
      // One for each way on which a package comes in: it is installed once.
      flaws.set(JSON.stringify([flaw.ids[0], flaw.package.name, flaw.package.version]), flaw);
    }
  }
  const filtered = objectAt(source, project.filtered, of("filtered"));
  for (const key of ["ignore", "patch"]) {
    tally(
      suppressed,
      key === "ignore" ? "ignored" : "patched",
      objectsAt(source, filtered[key], of(`filtered.${key}`)).length,
    );
  }
  return { subject, flaws: [...flaws.values()], results: [], suppressed };
}

function isIgnored(item: Untyped): boolean {
  return item.isIgnored === true || (Array.isArray(item.ignored) && item.ignored.length > 0);
}

function subjectOf(project: Untyped, of: (key: string) => string, source: Source): ReportedSubject {
  const docker = objectAt(source, project.docker, of("docker"));
  const name = nameAt(source, project.path, of("path")) ?? "";
  const manager = nameAt(source, project.packageManager, of("packageManager")) ?? "";
  const config = digestIn(nameAt(source, docker.imageId, of("docker.imageId")));
  const isImage = Object.keys(docker).length > 0 || /^(?:deb|apk|rpm|linux)$/.test(manager) || config !== undefined;
  if (!isImage) return { kind: "tree", name };
  const manifest = digestIn(nameAt(source, docker.imageDigest, of("docker.imageDigest"))) ?? digestIn(name);
  return {
    kind: "image",
    name: name.startsWith("docker-image|") ? name.slice("docker-image|".length) : name,
    ...(config === undefined ? {} : { config }),
    manifests: manifest === undefined ? [] : [manifest],
  };
}

function flawOf(
  { value: item, at }: Placed<Untyped>,
  { type, path }: { readonly type: string | undefined; readonly path: string | undefined },
  source: Source,
): ReportedFlaw {
  const id = requiredName(source, item.id, `${at}.id`);
  const identifiers = objectAt(source, item.identifiers, `${at}.identifiers`);
  const name = nameAt(source, item.packageName, `${at}.packageName`) ?? nameAt(source, item.name, `${at}.name`);
  if (name === undefined) throw broken(source, `${at}.packageName`, "missing");
  const fixed = namesAt(source, item.fixedIn, `${at}.fixedIn`);
  const nearest = nameAt(source, item.nearestFixedInVersion, `${at}.nearestFixedInVersion`);
  const references = objectsAt(source, item.references, `${at}.references`);
  return {
    ids: [
      id,
      ...namesAt(source, identifiers.CVE, `${at}.identifiers.CVE`),
      ...namesAt(source, identifiers.GHSA, `${at}.identifiers.GHSA`),
    ],
    package: packageOf({
      // `source/binary` of a distribution's package: what is installed is the binary.
      name: type === "deb" || type === "apk" || type === "rpm" ? name.slice(name.lastIndexOf("/") + 1) : name,
      version: nameAt(source, item.version, `${at}.version`) ?? "",
      type: type ?? nameAt(source, item.packageManager, `${at}.packageManager`),
      purl: undefined,
    }),
    ...(path === undefined ? {} : { path }),
    severity: severityOfWord(item.severity),
    ...(nearest !== undefined ? { fixed: [nearest] } : item.fixedIn === undefined ? {} : { fixed }),
    title: lineOf(item.title) ?? id,
    references: addressesOf([
      `https://security.snyk.io/vuln/${encodeURIComponent(id)}`,
      ...references.map(({ value }) => value.url),
    ]),
  };
}
