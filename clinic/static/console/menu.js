/** On a phone the bar of pages is pushed along: the page that is open is in sight at first. */

document.querySelector('.topbar-nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
