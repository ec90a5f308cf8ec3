/** Words about access, the session and how long things stay; part of the catalogue in strings.ts. */
export const sessionStrings = {
  access: {
    title: 'Password',
    text: 'Whoever runs this Bulk Transcribe has set a password. Ask them for it if you do not know it.',
    password: 'Password',
    enter: 'Continue',
    open: 'Whoever reaches this address can use it; your recordings stay private to this browser. A password is set with ACCESS_PASSWORD.',
  },
  yourData: {
    region: 'Your data',
    private: 'Your recordings and transcripts are private to this browser.',
    delete: 'Delete everything of mine',
    deleteTitle: 'Delete everything of yours?',
    deleteText: 'All your recordings and transcripts are deleted for good, also those you keep. What is still running or being sent is stopped.',
    deleteYes: 'Delete everything',
    deleteFailed: 'Not everything could be deleted.',
  },
  recovery: {
    make: 'Use on another device',
    makeTitle: 'Use on another device',
    makeText:
      'A recovery code opens your transcripts in another browser, or here again if this browser forgets you. A new code ends the one before. Whoever has it sees all of yours.',
    show: 'Show a recovery code',
    once: 'It is shown only now. Write it down or keep it in a password manager.',
    use: 'I have a recovery code',
    useTitle: 'Open your transcripts here',
    useText: 'This browser then shows what belongs to the code. What it shows now stays with its own code only: make one first if you still need it.',
    code: 'Recovery code',
    open: 'Open',
  },
  retention: {
    due: (date: string) => `Deleted on ${date} unless you keep it.`,
    kept: 'You keep this.',
    keep: 'Keep',
    letGo: 'Do not keep',
    actionNamed: (action: string, name: string) => `${action}: ${name}`,
    failed: (name: string) => `“${name}” could not be changed.`,
    empty: (days: number) =>
      `Your transcripts will be listed here. Each is deleted ${days} ${days === 1 ? 'day' : 'days'} after it is finished, unless you keep it.`,
  },
};
