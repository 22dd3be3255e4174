// Paying inside WeChat: its script takes the signed parameters and shows the cashier. What it says
// afterwards decides nothing; the page hears from the server whether the money arrived.

class KefenBridge extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.addEventListener("click", () => this.pay());
    if (window.WeixinJSBridge) this.ready();
    else document.addEventListener("WeixinJSBridgeReady", () => this.ready(), { once: true });
  }

  ready() {
    this.button.hidden = false;
    this.querySelector("[data-when=outside]").hidden = true;
    this.pay();
  }

  pay() {
    const parameters = JSON.parse(this.getAttribute("parameters"));
    window.WeixinJSBridge.invoke("getBrandWCPayRequest", parameters, () => {});
  }
}

customElements.define("kefen-bridge", KefenBridge);
