// The pages work without this file; it only makes them quicker to use. Each part looks for its own mark in the page.

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// What changes is read out from one live region that is there from the start.
const say = (text) => {
  const region = one('#say');
  if (region && region.textContent !== text) region.textContent = text;
};

const announceMessages = () => {
  const text = all('[data-say-now]').map((part) => part.innerText.trim()).join(' ');
  if (text) setTimeout(() => say(text), 200);
};

// A password can be looked at.
const revealPasswords = () => {
  for (const button of all('[data-reveal]')) {
    const input = document.getElementById(button.getAttribute('aria-controls'));
    button.hidden = false;
    button.addEventListener('click', () => {
      const shown = input.type === 'text';
      input.type = shown ? 'password' : 'text';
      button.setAttribute('aria-pressed', String(!shown));
    });
    // Never left readable in the form that is sent, where a browser would remember it.
    input.form?.addEventListener('submit', () => { input.type = 'password'; });
  }
};

// One box ticks all of its table.
const tickAll = () => {
  for (const box of all('[data-tick-all]')) {
    const others = all('tbody .check', box.closest('table'));
    const show = () => {
      const ticked = others.filter((other) => other.checked).length;
      box.checked = ticked === others.length;
      box.indeterminate = ticked > 0 && !box.checked;
    };
    box.hidden = false;
    box.addEventListener('change', () => others.forEach((other) => { other.checked = box.checked; }));
    others.forEach((other) => other.addEventListener('change', show));
    show();
  }
};

// The rules of a password, ticked off while it is typed; the server has the last word.
const tickRules = () => {
  for (const list of all('[data-rules-of]')) {
    const input = document.getElementById(list.dataset.rulesOf);
    const rules = all('[data-pattern]', list).map((item) => [item, new RegExp(item.dataset.pattern, 'su')]);
    const apply = () => {
      for (const [item, pattern] of rules) {
        const met = pattern.test(input.value);
        item.classList.toggle('is-ok', Boolean(input.value) && met);
        item.classList.toggle('is-not', Boolean(input.value) && !met);
        const use = one('use', item);
        const name = input.value ? (met ? 'check' : 'cross') : 'dash';
        use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${name}`));
        one('.vh', item).textContent = input.value ? list.dataset[met ? 'met' : 'missing'] : '';
      }
    };
    input.addEventListener('input', apply);
    apply();
  }
};

// What may be wrong with a password (copied with a space, in groups) is said while it is typed, and changes nothing.
const hintAtPasswords = () => {
  for (const list of all('[data-hints-of]')) {
    const input = document.getElementById(list.dataset.hintsOf);
    const hints = all('[data-pattern]', list).map((item) => [item, new RegExp(item.dataset.pattern, 'su')]);
    const apply = () => {
      const found = hints.find(([, pattern]) => pattern.test(input.value))?.[0];
      for (const [item] of hints) item.hidden = item !== found;
      list.hidden = !found;
      return found;
    };
    input.addEventListener('input', apply);
    input.addEventListener('change', () => { const found = apply(); if (found) say(found.textContent.trim()); });
  }
};

// The port follows TLS unless it was chosen; an empty one means the default.
const followTls = (form) => {
  const { use_tls: tls, port } = form.elements;
  if (!tls || !port) return;
  const [on, off] = [port.dataset.tls ?? '587', port.dataset.clear ?? '25'];
  const hint = () => { port.placeholder = tls.checked ? on : off; };
  tls.addEventListener('change', () => {
    if (port.value.trim() === (tls.checked ? off : on)) port.value = tls.checked ? on : off;
    hint();
  });
  hint();
};

// An empty From E-Mail Address means the User Name where that is an address; the placeholder says so as it is typed.
const followSender = (form) => {
  const { authentication, username, from_email: from } = form.elements;
  if (!authentication || !username || !from?.dataset.default) return;
  const apply = () => {
    const name = username.value.trim();
    from.placeholder = authentication.checked ? (/^\S+@\S+$/.test(name) ? name : from.dataset.default) : '';
  };
  username.addEventListener('input', apply);
  authentication.addEventListener('change', apply);
  apply();
};

// The stored password serves one destination: that it has to be entered again for another one is said while that is typed.
const followDestination = (form) => {
  const [kept, elsewhere] = ['kept', 'elsewhere'].map((mark) => one(`[data-${mark}]`, form));
  if (!kept) return;
  const parts = ['server_address', 'port', 'use_tls', 'tls_mode', 'ca_certificate', 'username'].map((name) => form.elements[name]);
  const { use_tls: tls, tls_mode: mode } = form.elements;
  const of = (part, served) => {
    if (part === mode && !tls[served ? 'defaultChecked' : 'checked']) return '';
    if (part.options) return [...part.options].find((option) => option[served ? 'defaultSelected' : 'selected'])?.value;
    if (part === tls) return part[served ? 'defaultChecked' : 'checked'];
    const text = part[served ? 'defaultValue' : 'value'].trim() || part.placeholder;
    return part === parts[0] ? text.toLowerCase() : text;
  };
  const apply = () => {
    const changed = parts.some((part) => of(part) !== of(part, true));
    if (changed === kept.hidden) return;
    [kept.hidden, elsewhere.hidden] = [changed, !changed];
    say((changed ? elsewhere : kept).textContent.trim());
  };
  for (const name of ['input', 'change']) form.addEventListener(name, apply);
  apply();
};

// What is typed and not saved is named beside Save, and guarded when one leaves.
const guardChanges = (form) => {
  const note = one('[data-dirty]', form);
  const discard = one('[data-discard]', form);
  const saved = one('[data-saved]', form);
  const controls = () => [...form.elements].filter((part) => part.name && part.type !== 'hidden' && part.name !== 'recipient');
  const changed = (part) => (part.type === 'checkbox' ? part.checked !== part.defaultChecked
    : part.options ? [...part.options].some((option) => option.selected !== option.defaultSelected)
      : part.value !== part.defaultValue);
  const labels = () => controls().filter(changed).map((part) => part.labels?.[0]?.textContent.trim() ?? part.name);
  const unsaved = () => form.hasAttribute('data-unsaved') || labels().length > 0;
  // What a test page was drawn with and is not stored; a form that came back with errors says so as a whole.
  const before = form.dataset.unsaved?.split('|').filter(Boolean) ?? [];
  const cameBack = form.hasAttribute('data-unsaved') && !before.length;
  const asServed = note.textContent;
  let leaving = false;
  const apply = () => {
    const names = [...new Set([...before, ...labels()])];
    discard.hidden = !unsaved();
    note.hidden = !unsaved();
    if (saved) saved.hidden = unsaved();
    const shown = names.length > 3 ? [...names.slice(0, 3), '…'] : names;
    note.textContent = names.length && !cameBack ? `${note.dataset.dirty} ${shown.join(', ')}` : asServed;
  };
  form.addEventListener('input', apply);
  form.addEventListener('change', apply);
  for (const name of ['submit', 'handed-over']) form.addEventListener(name, () => { leaving = true; });
  discard.addEventListener('click', () => { leaving = true; });
  addEventListener('beforeunload', (event) => { if (!leaving && unsaved()) event.preventDefault(); });
  addEventListener('pageshow', () => { leaving = false; apply(); });
  apply();
};

// A report is copied as text, on plain HTTP too, where there is no clipboard interface.
const copyText = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  return undefined;
};
const offerCopies = (root = document) => {
  for (const button of all('[data-copy]', root)) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await copyText(document.getElementById(button.dataset.copy).textContent);
      one('[data-label]', button).textContent = button.dataset.done;
      say(button.dataset.done);
    });
  }
};

// Advice on the provider and on what looks wrong follows what is entered; passwords are not sent for it.
const followAdvice = (form) => {
  const place = one('#advice', form);
  const words = () => all('h3, .hint', place).map((part) => part.textContent.trim()).join('. ');
  let asked = 0;
  const ask = async () => {
    const entered = new FormData(form);
    for (const name of ['password', 'confirm_password']) entered.delete(name);
    asked += 1;
    const mine = asked;
    const answer = await fetch(place.dataset.advice, { method: 'POST', body: entered, headers: { 'X-Requested-With': 'fetch' } }).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== asked) return;
    const before = words();
    place.innerHTML = await answer.text();
    if (words() && words() !== before) say(words());
  };
  form.addEventListener('change', (event) => { if (event.target.name !== 'recipient') ask(); });
};

// A change that a test or the advice proposes is put into the form, where it can be looked at; nothing is stored until Save.
const joined = (certificates, another) => (certificates.includes(another.trim()) ? certificates
  : [certificates.trim(), another].filter(Boolean).join('\n'));
const apply = (changes, form) => {
  const named = [...form.elements].filter((part) => part.name in changes);
  const changed = [];
  // In the order of the form, each told as if typed: what follows another field (the port, TLS) is set after it.
  for (const part of named) {
    const key = part.type === 'checkbox' ? 'checked' : 'value';
    const value = part.name === 'ca_certificate' ? joined(part.value, changes[part.name]) : changes[part.name];
    if (part[key] === value) continue;
    part[key] = value;
    for (const name of ['input', 'change']) part.dispatchEvent(new Event(name, { bubbles: true }));
    changed.push(part);
    const fold = part.closest('details');
    if (fold) fold.open = true;
  }
  (changed[0] ?? named[0])?.focus();
  return changed.map((part) => part.labels[0].textContent.trim());
};
const fillIn = (form) => {
  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-changes]');
    if (!button) return;
    event.preventDefault();
    const labels = apply(JSON.parse(button.dataset.changes), form);
    if (labels.length) say(`${form.dataset.filled} ${labels.join(', ')}`);
  });
};

// The test runs in the page: its button hands the form over without a new page, so that what was typed stays, the
// passwords too. Where the answer is anything but a test (errors, a sign-in) the browser sends the form itself.
const liveTest = (form) => {
  const button = one('[data-test]', form);
  const lost = one('#test-unreachable', form);
  const isButton = (event) => event.detail.requestConfig?.elt === button;
  document.addEventListener('htmx:beforeRequest', (event) => { if (isButton(event)) lost.hidden = true; });
  document.addEventListener('htmx:beforeSwap', (event) => {
    const { detail } = event;
    if (!isButton(event) || detail.xhr.status >= 500) return;
    const answer = new DOMParser().parseFromString(detail.serverResponse, 'text/html');
    if (one('#test-panel', answer) && !one('#problems', answer)) return;
    event.preventDefault();
    form.action = button.formAction;
    form.dispatchEvent(new Event('handed-over'));
    form.submit();
  });
  for (const failure of ['htmx:sendError', 'htmx:timeout', 'htmx:responseError']) {
    document.addEventListener(failure, (event) => {
      if (isButton(event) && !(event.detail.xhr.status in { 400: 0, 422: 0, 429: 0 })) lost.hidden = false;
    });
  }
  document.addEventListener('htmx:afterSwap', ({ detail }) => {
    if (detail.target.id !== 'test-panel') return;
    const panel = one('#test-panel');
    offerCopies(panel);
    say(panel.dataset.say);
    // The ring turns on from where it was, although it is a new one.
    panel.getAnimations({ subtree: true }).forEach((animation) => { animation.startTime = 0; });
  });
};

// On narrow screens the navigation lies over the page: focus goes into it, and what it covers is never focused.
const openMenu = () => {
  const nav = one('#nav');
  if (!nav) return;
  nav.addEventListener('toggle', (event) => { if (event.newState === 'open') one('a', nav).focus(); });
  nav.addEventListener('focusout', ({ relatedTarget: next }) => {
    if (next && !nav.contains(next) && nav.matches(':popover-open')) nav.hidePopover();
  });
};

const start = () => {
  openMenu();
  announceMessages();
  revealPasswords();
  tickAll();
  tickRules();
  hintAtPasswords();
  offerCopies();
  const form = one('#settings');
  if (form) {
    followTls(form);
    followSender(form);
    followDestination(form);
    guardChanges(form);
    liveTest(form);
    fillIn(form);
    followAdvice(form);
  }
  one('.summary')?.focus();
};
start();
