package httptask

import "net/http"

// Transport lets a test trust its server's certificate, and put its own wire in.
func (c *Client) Transport() *http.Transport { return c.transport }
