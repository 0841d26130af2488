/**
 * Fetching what a caller names, and nothing that the answer would rather have fetched.
 *
 * @module
 */

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches a URL and follows its redirects, except from the named host to this machine or to the
 * local network: a server must not make its client send requests there.
 *
 * @throws {TypeError} for such a redirect, for one to another scheme, and for the sixth.
 */
export async function guardedFetch(url: string, signal: AbortSignal): Promise<Response> {
  const named = new URL(url);
  let next = named;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetch(next, { signal, redirect: "manual" });
    const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    next = new URL(location, next);
    if (!/^https?:$/.test(next.protocol)) throw refused(named, `to ${next.protocol}`);
    if (next.hostname !== named.hostname && await isInside(next.hostname)) {
      throw refused(named, "to an address of this machine or network");
    }
  }
  throw refused(named, `${MAX_REDIRECTS} times`);
}

/** A redirect that is not followed. */
export class RefusedRedirectError extends TypeError {
  override readonly name = "TypeError";
}

function refused({ origin, pathname }: URL, where: string): RefusedRedirectError {
  return new RefusedRedirectError(
    `Cannot fetch ${origin}${pathname}: it redirects ${where}. Pass the final URL itself`,
  );
}

/** Whether a host is, or resolves to, an address that is not one of the internet. */
async function isInside(hostname: string): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || !/[.:]/.test(host)) return true;
  if (isAddress(host)) return isInsideAddress(host);
  const found = await Promise.all((["A", "AAAA"] as const).map((type) =>
    // A name that does not resolve, or may not be resolved, is left to the fetch.
    Deno.resolveDns(host, type).catch(() => [])
  ));
  return found.flat().some(isInsideAddress);
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^\d+(\.\d+){3}$/.test(host);
}

/** Loopback, link-local, private, shared, multicast and reserved addresses of IPv4 and IPv6. */
const INSIDE_V4 =
  /^(?:0|10|127|22[4-9]|2[3-5]\d)\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.(?:168|0\.0)\.|^198\.1[89]\./;
const INSIDE_V6 = /^(?:::1?$|f[cd]|fe[89a-f]|ff|64:ff9b:|2002:)/;

/** As `URL` and the resolver write addresses. */
export function isInsideAddress(address: string): boolean {
  if (!address.includes(":")) return INSIDE_V4.test(address);
  const plain = address.toLowerCase().replace(/%.*$/, "");
  const mapped = /^::(?:ffff:)?(?:0:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain);
  if (mapped) {
    const [high, low] = [mapped[1] ?? "", mapped[2] ?? ""].map((part) => parseInt(part, 16));
    return INSIDE_V4.test([high, low].flatMap((part = 0) => [part >> 8, part & 255]).join("."));
  }
  const dotted = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(plain);
  return dotted ? INSIDE_V4.test(dotted[1] ?? "") : INSIDE_V6.test(plain);
}
