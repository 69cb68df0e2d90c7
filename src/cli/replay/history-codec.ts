import { gunzipSync, gzipSync } from 'node:zlib';

import { historyFromJSON, type History } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';

const { History: HistoryMessage } = proto.temporal.api.history.v1;

/** Ending of the files we write: protobuf, which loses nothing and reads fast, gzipped. */
export const HISTORY_ENDING = '.pb.gz';
/** What a directory is searched for; JSON is what Temporal's own command and pages write. */
export const HISTORY_ENDINGS: readonly string[] = ['.pb', HISTORY_ENDING, '.json', '.json.gz'];

/** A history with what replaying needs to know beside it. */
export interface RecordedHistory {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly workflowRunId: string;
  readonly history: History;
}

export function encodeHistory(history: History): Buffer {
  return gzipSync(HistoryMessage.encode(history).finish(), { level: 9 });
}

/**
 * A history from the bytes of a file: protobuf or JSON, gzipped or not.
 * @throws TypeError in words when it is none.
 */
export function decodeHistory(bytes: Uint8Array): RecordedHistory {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unzipped(bytes) : bytes;
  return recorded(isJson(plain) ? fromJson(plain) : fromProtobuf(plain));
}

/** @throws TypeError when the history does not begin as every workflow's does. */
export function recorded(history: History): RecordedHistory {
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const workflowType = started?.workflowType?.name;
  if (started === null || started === undefined || !workflowType) {
    throw new TypeError('it does not begin with the start of a workflow');
  }
  return {
    workflowId: started.workflowId ?? '',
    workflowType,
    workflowRunId: started.originalExecutionRunId ?? '',
    history,
  };
}

function unzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new TypeError('it is not whole: its gzip ends early or is damaged', { cause });
  }
}

/** Protobuf begins with a newline too (field 1), so a brace alone does not tell. */
function isJson(bytes: Uint8Array): boolean {
  return /^\s*\{\s*"/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));
}

function fromJson(bytes: Uint8Array): History {
  try {
    return historyFromJSON(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new TypeError('its JSON is not a history of Temporal', { cause });
  }
}

function fromProtobuf(bytes: Uint8Array): History {
  try {
    return HistoryMessage.decode(bytes);
  } catch (cause) {
    throw new TypeError('it is neither JSON nor protobuf of a history', { cause });
  }
}
