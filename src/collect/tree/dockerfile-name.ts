/** Which files are Dockerfiles: by their names, and of names that other files have as well by what they begin with. */
import { withBoundedBytes } from "./text-file.ts";

/** Whether a file's name says that it is a Dockerfile. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.dockerignore$|\.containerignore$/.test(name)) return false;
  return /^(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|.\.(?:Dockerfile|dockerfile|Containerfile|containerfile)$/.test(
    name,
  );
}

/** `Dockerfile-alpine`, `Dockerfile_web`, `web-Dockerfile`, `web.docker`, `dockerfile`: as `dockerfile-parser.go` is called, and notes. */
const ALIKE =
  /^(?:Dockerfile|Containerfile)[-_].|.[-_](?:Dockerfile|Containerfile)$|.\.docker$|^(?:dockerfile|containerfile)(?:[-_.].+)?$/;

/** What a Dockerfile begins with: comments and directives, then FROM, or ARG that it uses (Dockerfile reference, "FROM"). */
const BEGINNING =
  /^\ufeff?(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*(?:FROM(?:[ \t]+--\S+)*[ \t]+[^\s-]\S*(?:[ \t]+AS[ \t]+\S+)?[ \t]*|ARG[ \t]+[a-z_]\w*(?:=.*|[ \t]*))(?:[\r\n]|$)/i;

/** More of comments than any has at its beginning. */
const LOOKED_AT = 64 * 1024;

/**
 * Whether a file that is called much like one is a Dockerfile.
 *
 * @param file - its whole path
 */
export function looksLikeDockerfile(file: string, limit: number): boolean {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return ALIKE.test(name) && !/ignore$/.test(name) && beginsAsDockerfile(file, limit);
}

/** @param file - its whole path; what is over the limit is none */
export function beginsAsDockerfile(file: string, limit: number): boolean {
  const start = withBoundedBytes(file, limit, (bytes) => bytes.toString("utf8", 0, LOOKED_AT));
  return start !== undefined && BEGINNING.test(start);
}
