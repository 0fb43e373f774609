/** Longest line that is taken: etcd refuses objects above 1.5 MiB, and a table of managed fields may double that. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Lines of JSON from chunks that may end anywhere, also in the middle of a character. A last line without its newline is
 * dropped: the connection ended while it was written.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (line !== '') yield JSON.parse(line);
    }
    if (rest.length > LONGEST) throw new SyntaxError(`a line of more than ${LONGEST} characters`);
  }
}
