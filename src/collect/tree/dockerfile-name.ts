/** Whether a file's name says that it is a Dockerfile. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.dockerignore$|\.containerignore$/.test(name)) return false;
  return /^(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|.\.(?:Dockerfile|dockerfile|Containerfile|containerfile)$/.test(
    name,
  );
}
