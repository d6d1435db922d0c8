// The server's side of the page: requests with the token, where one is set, and its event streams.

let token = null; // in this page's memory only

export function useToken(value) {
  token = value;
}

/** What a curl command needs beside the address: never the token itself, which others may see. */
export function curlOptions() {
  return token === null ? "" : ' -H "Authorization: Bearer $CAROUSEL_TOKEN"';
}

/** What the server refused, in its words; status 401 asks for the token. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Asks for `path`; throws a Refusal where the answer is no success, a TypeError without a server. */
export async function request(path, options = {}) {
  const headers = token === null ? {} : { Authorization: "Bearer " + token };
  const response = await fetch(path, { cache: "no-store", ...options, headers });
  if (!response.ok) {
    throw new Refusal(response.status, await reason(response));
  }
  return response;
}

async function reason(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).error ?? text;
  } catch {
    return text || `The server answered ${response.status}.`;
  }
}

/**
 * The server-sent events of `path`, as {name, data}, until the stream ends. EventSource would do
 * this too, but cannot send a token.
 */
export async function* events(path, signal) {
  const response = await request(path, { signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event !== null) {
        yield event;
      }
    }
  }
}

function parse(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) {
      name = line.slice(6).trim();
    } else if (line.startsWith("data:")) {
      data.push(line.slice(5).trimStart());
    }
  }
  return data.length === 0 ? null : { name, data: JSON.parse(data.join("\n")) };
}
