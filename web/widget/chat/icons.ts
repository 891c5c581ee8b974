/** Path data of the line icons, on a 24 px grid. */

export const CHAT = "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6l-4.5 3.5V17H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM8 11h.01M12 11h.01M16 11h.01";
export const CLOSE = "M6 6l12 12M18 6 6 18";
export const DOWN = "M6 9l6 6 6-6";
export const RIGHT = "M9 6l6 6-6 6";
export const MORE = "M5 12h.01M12 12h.01M19 12h.01";
export const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0";
export const MICROPHONE = "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M9 21h6";
export const SEND = "M5 12h13M12.5 5.5 19 12l-6.5 6.5";
export const ROBOT = "M12 4v3M7 7h10a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-6a3 3 0 0 1 3-3ZM9 12v1.5M15 12v1.5M2 12v3M22 12v3";
export const CHECK = "M5 12.5l4.5 4.5L19 7.5";
export const CROSS = "M7 7l10 10M17 7 7 17";
export const QUESTION = "M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M12 17h.01";
export const WARN = "M12 8v5M12 16.5h.01M12 3.5 22 20H2Z";
export const TRUCK = "M2 6h12v10H2ZM14 9.5h4l4 3.5v3h-8M6.5 19a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM17.5 19a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z";
export const COPY = "M9 9h10v11H9ZM5 15V4h10";
export const PHONE = "M5 4h4l1.5 5-2 1.5a12 12 0 0 0 5 5l1.5-2 5 1.5v4a1.5 1.5 0 0 1-1.6 1.5C10.6 20 4 13.4 3.5 5.6A1.5 1.5 0 0 1 5 4Z";
export const PICTURE = "M4 5h16v14H4ZM4 16l4.5-4.5L12 15l3-3 5 4.5M9 9h.01";
export const TEXT_SIZE = "M3 19 8.5 5 14 19M5 14.5h7M15.5 19l3-8 3 8M16.5 16.5h4";
export const PENCIL = "M4 20h4L19 9l-4-4L4 16ZM13 7l4 4";
export const CLIPBOARD = "M8 4h8v3H8ZM8 5.5H5V21h14V5.5h-3M9 12h6M9 16h4";
export const TOOL = "M14 6a4.5 4.5 0 0 1 6 6L11 21l-5-5 9-9M14 6l3 3";
export const STAR = "M12 3.2l2.7 5.5 6.1.9-4.4 4.3 1 6.1L12 17.1 6.6 20l1-6.1-4.4-4.3 6.1-.9Z";
