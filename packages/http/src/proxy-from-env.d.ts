declare module 'proxy-from-env' {
  /** The proxy's URL for this address by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, or an empty string. */
  export function getProxyForUrl(url: string): string;
}
