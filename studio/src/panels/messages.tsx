import { alarm, notice } from "../state.ts";

/** What went wrong, and what went well. */
export const Messages = () => (
  <>
    {alarm.value !== null && (
      <div class="alarm">
        <p role="alert">{alarm.value}</p>
        <button
          type="button"
          aria-label="Close this message"
          onClick={() => {
            alarm.value = null;
          }}
        >
          ×
        </button>
      </div>
    )}
    {notice.value !== null && (
      <div class="notice">
        <p aria-live="polite">{notice.value}</p>
        <button
          type="button"
          aria-label="Close this notice"
          onClick={() => {
            notice.value = null;
          }}
        >
          ×
        </button>
      </div>
    )}
  </>
);
