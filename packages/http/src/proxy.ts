import type { Agent } from 'node:http';
import { getProxyForUrl } from 'proxy-from-env';
import { HttpFailure } from './failure.ts';

/**
 * The agent for one request: through the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY ask for, else a fresh
 * connection, so that the phases of every exchange are its own.
 */
export async function agentFor(url: URL): Promise<Agent | false> {
  const proxy = getProxyForUrl(url.href);
  if (proxy === '') return false;
  if (!URL.canParse(proxy)) throw new HttpFailure('proxy', `the proxy variable for ${url.host} is not a URL such as http://proxy.example:3128`, false);
  if (url.protocol === 'https:') {
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    return new HttpsProxyAgent(proxy);
  }
  const { HttpProxyAgent } = await import('http-proxy-agent');
  return new HttpProxyAgent(proxy);
}
