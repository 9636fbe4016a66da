/** Registries in which anyone may publish, or that serve the public: what they hold is not one's own by being there. */
const PUBLIC: ReadonlyMap<string, string> = new Map([
  ["docker.io", "Docker Hub"],
  ["index.docker.io", "Docker Hub"],
  ["registry-1.docker.io", "Docker Hub"],
  ["ghcr.io", "GitHub's registry"],
  ["lscr.io", "LinuxServer's registry"],
  ["quay.io", "Quay"],
  ["gcr.io", "Google's registry"],
  ["k8s.gcr.io", "the old registry of Kubernetes"],
  ["registry.k8s.io", "the registry of Kubernetes"],
  ["mcr.microsoft.com", "Microsoft's registry"],
  ["public.ecr.aws", "Amazon's public registry"],
  ["registry.gitlab.com", "GitLab's registry"],
  ["registry.access.redhat.com", "Red Hat's registry"],
  ["registry.redhat.io", "Red Hat's registry"],
  ["docker.elastic.co", "Elastic's registry"],
  ["nvcr.io", "NVIDIA's registry"],
  ["cgr.dev", "Chainguard's registry"],
]);

/** What people call it; undefined where it is not known to be public. */
export function publicRegistry(host: string): string | undefined {
  return PUBLIC.get(host.toLowerCase());
}

/** On this machine alone. */
export function isLocalRegistry(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/.test(host);
}
