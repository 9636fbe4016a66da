import type { AccessRequest } from "../access-model.ts";
import type { PolicyRule } from "../rbac-model.ts";

/**
 * Whether a rule allows a request; one that names no object, for some object at least where the rule names its objects (Kubernetes reference, "Using RBAC
 * Authorization": `*` is every verb, group or resource with its subresources; a star before `/scale` is that subresource of all).
 */
export function allows(rule: PolicyRule, { verb, group, resource, name }: AccessRequest): boolean {
  return (
    (name === undefined || coversNames(rule.resourceNames, [name])) &&
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, resource) || rule.resources.includes(`*${subresourceOf(resource)}`))
  );
}

/** Whether a rule allows a path that is no resource's: stars at the end stand for whatever follows. */
export function allowsUrl(rule: PolicyRule, verb: string, url: string): boolean {
  return has(rule.verbs, verb) && coversUrl(rule.nonResourceURLs, url);
}

/** Whether all that `rule` allows is allowed by one of `others` too. */
export function isCovered(rule: PolicyRule, others: readonly PolicyRule[]): boolean {
  return others.some(
    (other) =>
      within(rule.verbs, other.verbs) &&
      within(rule.apiGroups, other.apiGroups) &&
      rule.resources.every((resource) => coversResource(other.resources, resource)) &&
      rule.nonResourceURLs.every((url) => coversUrl(other.nonResourceURLs, url)) &&
      coversNames(other.resourceNames, rule.resourceNames),
  );
}

function has(values: readonly string[], value: string): boolean {
  return values.includes("*") || values.includes(value);
}

function within(values: readonly string[], others: readonly string[]): boolean {
  return others.includes("*") || values.every((value) => others.includes(value));
}

function coversResource(resources: readonly string[], resource: string): boolean {
  return has(resources, resource) || (resource.includes("/") && resources.includes(`*${subresourceOf(resource)}`));
}

/** The authorizer takes off as many as there are. */
const TRAILING_STARS = /(?<!\*)\*+$/;

function coversUrl(urls: readonly string[], url: string): boolean {
  return urls.some((each) => each === url || (each.endsWith("*") && url.startsWith(each.replace(TRAILING_STARS, ""))));
}

/** No names are all of them. */
function coversNames(names: readonly string[], asked: readonly string[]): boolean {
  return names.length === 0 || (asked.length > 0 && asked.every((name) => names.includes(name)));
}

/** `/exec`; of a resource itself what no rule holds. */
function subresourceOf(resource: string): string {
  const slash = resource.indexOf("/");
  return slash < 0 ? "//" : resource.slice(slash);
}
